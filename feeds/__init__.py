"""Feeds for newsrooms: a folder of articles goes in, finished RSS, Atom and JSON documents come out.

The layer rule (held by tests/test_layers.py): a module imports from the lines above its own, or from its own package.

    errors, model, indonesian, syntax  values and words, no behaviour
    characters                         which ones no feed may carry, and which stand in for others
    wording, licenses, limits          dates and labels as people read them; licences by their names; how much is read
    toml                               TOML, within the limits
    logs, meter                        lines that tell what happens; what is counted, for Prometheus
    confined                           files opened that lie below a folder, and no others
    record, tables, parallel           rows and ledger entries; their columns; work in several processes
    text, config, images               clean text and HTML; settings, checked; files of images
    words, depth                       words of a text as they are compared; how deep its elements lie
    likeness, query                    when addresses, headlines and texts are the same in other words; what is searched
    lists                              which lists of the catalogue an article is in
    dates                              text -> Moment; the only package that uses dateutil
    readers                            one module a source format: a file -> Draft
    checks                             dates and notices of a Draft, checked
    scan, state                        the files of the data directory; where the catalogue lies
    matching                           the rules that an article matches
    categories                         which categories an article has
    source, catalogue                  files -> Article | ArticleError; the store of them
    losses, failure                    when too many articles would go at once; why an update failed
    withdrawal_lists                   which articles a newsroom lists as withdrawn
    survey, explain                    what the catalogue holds, counted; how one article is read
    identity, ledger, lock, compose    which article is which; its second copy; one writer; articles -> Feed
    duplicates, withdrawals            articles that are the same in all but name; articles that are withdrawn
    restoring                          the ledger's table and its second copy, brought to know the same
    arrivals, changes, formats, pages  files -> rows, in several processes; Feed -> bytes
    forms                              the formats, and the page that is written like one
    selection, archives                what an address asks for; the months of a feed
    calendars, profiles                when the articles of a feed appeared; feeds as aggregators want them
    listing, entries                   which articles that are, and the feed around them; articles -> rendered entries
    planning, rendering                what the next edition has to look at; the entries that it shows
    intake, edition                    rows -> catalogue -> path -> finished bytes, only what changed
    indexing                           what of the articles can be searched
    ondemand                           what no edition holds, rendered when it is first asked for
    mending                            a new catalogue where one cannot be used any more
    newsroom                           settings, catalogue and the way from one end to the other
    front                              prepared answers to GET and HEAD, before Flask is entered
    push, gate                         changes told to hubs; a limit for clients that fetch too often
    validation                         what subscribers get, held to the standards
    watching                           what changes below a folder, told or looked for
    live, publish                      an edition kept fresh; an edition written to a folder
    web                                an edition over HTTP, by Flask
    serve                              the server that runs it
    cli                                the commands
"""

__version__ = "0.1.0"
