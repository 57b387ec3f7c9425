"""The front door: answers to GET and HEAD prepared from an edition's documents, before any framework is entered.

codings       the content codings: gzip, br, zstd
negotiation   what a request's headers ask for, by RFC 9110 and RFC 3229
documents     a rendition under each coding, with the headers of its answers
delta         a feed without the entries that its reader has
door          the WSGI layer: one look-up for a request that was answered before
"""
