"""Documents as subscribers get them, held to the standards: RSS, Atom, JSON Feed, OPML, sitemaps, and their answers.

    findings    what a validation says
    rules       the rules: code, weight, sentence, source
    values      dates, addresses, numbers, words
    markup      HTML in feeds
    tree        XML -> tree, held to a description of its elements
    extensions  elements of other namespaces, and links
    rss, atom, json_feed, opml, sitemap, page   one module a format
    kinds       bytes -> Document
    fetch       an address -> Answer
    answers     HTTP
    walk        an address -> documents
    folder      a folder -> documents

A document that breaks a rule is no exception but a list of findings. What cannot be fetched or read is a FetchError.
"""
