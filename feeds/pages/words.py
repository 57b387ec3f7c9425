"""Everything that a page says itself, in Indonesian and English."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.wording import ENGLISH, INDONESIAN, is_english


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that a page says itself, in one language."""

    sections: str
    latest: str
    newest: str
    nothing: str
    subscribe: str
    what_feeds_are: str
    categories: str
    notices: str
    no_notices: str
    website: str
    author: str
    updated: str
    source: str
    tags: str
    license: str
    follow: str
    everything: str
    back: str
    skip: str
    pages_here: str
    open_in_reader: str
    open_in: str
    all_as_opml: str
    copy: str
    copied: str
    how_often: str
    calendar: str
    less: str
    more: str
    archive: str
    parts: str
    shown: str
    older_in_archive: str
    newer: str
    older: str
    first: str
    last: str
    entries: str
    search: str
    search_label: str
    search_hint: str
    nothing_found: str
    follow_search: str
    something_wrong: str
    to_the_feed: str


_ID = Words(
    sections="Bagian halaman",
    latest="Berita terbaru",
    newest="Berita terakhir",
    nothing="Belum ada berita.",
    subscribe="Langganan",
    what_feeds_are="Feed adalah daftar berita terbaru untuk aplikasi pembaca feed. Salin alamat ini ke aplikasi Anda;"
    " berita baru akan muncul di sana dengan sendirinya.",
    categories="Kategori",
    notices=INDONESIAN.notices,
    no_notices="Tidak ada ralat.",
    website="Situs web",
    author="Oleh",
    updated="Diperbarui",
    source="Sumber",
    tags="Topik",
    license="Lisensi",
    follow="Ikuti lewat feed",
    everything="Semua berita",
    back="Kembali ke halaman depan",
    skip="Langsung ke isi",
    pages_here="Anda di sini",
    open_in_reader="Buka di aplikasi pembaca feed",
    open_in="Berlangganan lewat",
    all_as_opml="Semua feed sekaligus (OPML)",
    copy="Salin alamat",
    copied="Alamat tersalin",
    how_often="Seberapa sering terbit",
    calendar="Kalender terbit",
    less="sedikit",
    more="banyak",
    archive="Arsip",
    parts="Di dalamnya",
    shown="{shown} berita terbaru dari {number} dalam feed ini.",
    older_in_archive="Yang lebih lama ada di arsip.",
    newer="Lebih baru",
    older="Lebih lama",
    first="Terbaru",
    last="Terlama",
    entries="Berita",
    search="Cari",
    search_label="Cari berita",
    search_hint='Semua kata harus ada. Tanda kutip mencari frasa: "banjir bandang"; tanda minus mengecualikan: banjir'
    " -gempa.",
    nothing_found="Tidak ada berita yang ditemukan.",
    follow_search="Ikuti pencarian ini",
    something_wrong="Ada yang tidak beres",
    to_the_feed="Berita terbaru dan cara berlangganan",
)

_EN = Words(
    sections="Sections of this page",
    latest="Latest news",
    newest="Last published",
    nothing="No news yet.",
    subscribe="Subscribe",
    what_feeds_are="A feed is a list of the latest news for a feed reader. Copy this address into yours, and new"
    " articles will appear there by themselves.",
    categories="Categories",
    notices=ENGLISH.notices,
    no_notices="No corrections.",
    website="Website",
    author="By",
    updated="Updated",
    source="Source",
    tags="Topics",
    license="Licence",
    follow="Follow by feed",
    everything="All news",
    back="Back to the front page",
    skip="Skip to the content",
    pages_here="You are here",
    open_in_reader="Open in your feed reader",
    open_in="Subscribe with",
    all_as_opml="All feeds at once (OPML)",
    copy="Copy address",
    copied="Address copied",
    how_often="How often it publishes",
    calendar="Calendar of publication",
    less="few",
    more="many",
    archive="Archive",
    parts="Within it",
    shown="The {shown} newest of {number} articles in this feed.",
    older_in_archive="Older ones are in the archive.",
    newer="Newer",
    older="Older",
    first="Newest",
    last="Oldest",
    entries="Articles",
    search="Search",
    search_label="Search articles",
    search_hint='All words must be there. Quotation marks look for a phrase: "banjir bandang"; a minus excludes: banjir'
    " -gempa.",
    nothing_found="No articles were found.",
    follow_search="Follow this search",
    something_wrong="Something is not right",
    to_the_feed="The latest articles, and how to subscribe",
)


def words_of(language: str) -> Words:
    return _EN if is_english(language) else _ID
