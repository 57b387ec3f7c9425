"""Feeds for aggregators: each profile says in TOML what one wants, and the code is the same for all.

    elements   the further elements of a profile, with their values
    words      reasons as sentences
    offers     an article as a profile wants it, and why it does not take it
    items      which articles the feed of a profile has, and its document

An article that a profile does not take is left out of that profile's feed alone. What a profile is, and how its file
is read, is in ``config.profiles``; the files of those that come with the program lie here.
"""
