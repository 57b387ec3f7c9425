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
    which_format: str
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


_ID = Words(
    sections="Bagian halaman",
    latest="Berita terbaru",
    newest="Berita terakhir",
    nothing="Belum ada berita.",
    subscribe="Langganan",
    what_feeds_are="Feed adalah daftar berita terbaru untuk aplikasi pembaca feed. Salin salah satu alamat ini ke"
    " aplikasi Anda, misalnya Feedly, Inoreader, atau NetNewsWire; berita baru akan muncul di sana dengan sendirinya.",
    which_format="Ketiganya memuat berita yang sama. Kalau ragu, pilih RSS.",
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
)

_EN = Words(
    sections="Sections of this page",
    latest="Latest news",
    newest="Last published",
    nothing="No news yet.",
    subscribe="Subscribe",
    what_feeds_are="A feed is a list of the latest news for a feed reader. Copy one of these addresses into yours, such"
    " as Feedly, Inoreader or NetNewsWire, and new articles will appear there by themselves.",
    which_format="All three carry the same news. If in doubt, take RSS.",
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
)


def words_of(language: str) -> Words:
    return _EN if is_english(language) else _ID
