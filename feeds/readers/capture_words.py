"""The words of Indonesian news pages that are not the article: data only, all in lower case.

A word is added here, never in the algorithm. A whole line is compared without the signs around it, so that
``Share :`` and ``- Share -`` are both ``share``.
"""

from __future__ import annotations


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase for line in text.splitlines() for part in line.split("|") if (phrase := part.strip()))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whole lines that are never part of an article, wherever they stand.
NOISE_LINES = frozenset(
    _phrases(
        """
    advertisement | advertisements | iklan | ads | sponsored | pariwara | scroll to continue with content
    konten media partner | media partner | scroll to resume content | resume content | scroll untuk melanjutkan
    lanjut | lanjutkan dengan konten | lanjut baca di bawah | gulir untuk lanjut membaca
    advertisement scroll to continue with content | artikel berlanjut di bawah | continue reading below | sukses
    share | share this | share now | share on | bagikan | bagikan ini | bagikan artikel | bagikan artikel ini
    bagikan berita | bagikan berita ini | bagikan ke | bagikan via | bagi artikel | sebar | sebarkan
    sebarkan artikel ini | sebarkan berita ini | kirim | salin | salin tautan | salin link | copy | copy link
    copied | link copied | link berhasil disalin | url berhasil dicopy | tautan disalin | url berhasil disalin
    cetak | print | simpan | simpan artikel | dengarkan | dengarkan artikel | dengarkan berita | ukuran font | font
    perbesar | besar | perkecil | kecil | a a a | aa | a- a+ | a+ a- | kecil besar | dark mode | mode gelap
    default | reset | ubah ukuran huruf | home | beranda | menu | cari | search | pencarian | login | masuk | log in
    daftar | sign in | sign up | logout | indeks | index | x | index berita | live | live tv | live streaming
    live report | live update | breaking | breaking news | new | hot | hot news | flash news | sekilas info | baru
    eksklusif | premium | video | videos | foto | foto foto | infografis | galeri | podcast | epaper | e-paper
    koran | jelajah | network | networks | redaksi | pedoman media siber | tentang kami | hubungi kami | kontak
    kontak kami | karir | karier | disclaimer | kode etik | privacy policy | kebijakan privasi
    kebijakan data pribadi | info iklan | pasang iklan | about us | contact us | term of use | syarat dan ketentuan
    skip to content | langsung ke konten | lewati ke konten | langsung ke isi | tutup | close | close ads | ok
    next | prev | previous | selanjutnya | sebelumnya | halaman | halaman selanjutnya | halaman berikutnya
    halaman sebelumnya | lanjut ke halaman | baca selanjutnya | lihat semua | lihat semua halaman | tampilkan semua
    show all | selengkapnya | baca selengkapnya | read more | more | lihat selengkapnya | lihat lainnya | load more
    muat lainnya | muat lebih banyak | lihat foto | lihat video | lihat gambar | suka | tidak suka | like | dislike
    reply | balas | favorit | laporkan | laporkan artikel | tulis opini | kirim tulisan | berlangganan | langganan
    subscribe | newsletter | ikuti | ikuti kami | follow | follow us | follow us on | google news | whatsapp channel
    gabung | gabung sekarang | download aplikasi | unduh aplikasi | install | buka aplikasi | nyalakan notifikasi
    aktifkan notifikasi | view | views | dibaca | dilihat | pembaca | waktu baca | komentar facebook | like this
    like loading | loading | memuat | memuat komentar | gambas | gambas video | video 20detik | 20detik | embed
    lihat postingan ini di instagram | posting | view this post on instagram | verified | terverifikasi | user story
    author | ringkasan | intisari berita | ringkasan berita | poin penting | tim redaksi | admin | administrator
    saksikan video pilihan di bawah ini | saksikan video pilihan berikut ini | saksikan video pilihan
    simak video pilihan | ist | penulis lepas
    foto ist | foto istimewa | istimewa | dok ist | ilustrasi | keterangan gambar
    url telah tercopy | menyukai ini | suka memuat | sukai ini | menyukai memuat
    """
    )
)

# Patterns, case-blind, of a page's marks that stand within text or glued to it.
MARKS = (
    r"(?<![a-z])ADVERTISEMENT(?![a-z])",
    r"SCROLL TO (?:CONTINUE|RESUME)(?: WITH)? CONTENT",
    r"\[Gambas:[^\]\n]{0,80}\]",
)

# Whole lines above an article that name its section; one of them right above the title is its category.
CATEGORIES = frozenset(
    _phrases(
        """
    berita | news | nasional | politik | hukum | hukum dan kriminal | kriminal | hukum & kriminal | hukrim
    peristiwa | daerah | regional | nusantara | internasional | dunia | global | megapolitan | metro | metropolitan
    jabodetabek | ekonomi | ekonomi bisnis | bisnis | ekbis | ekonomi & bisnis | keuangan | finance | finansial
    market | pasar modal | industri | properti | oto | otomotif | tekno | teknologi | sains | tech | techno | gadget
    olahraga | sport | sports | bola | sepak bola | sepakbola | liga indonesia | bulutangkis | raket | motogp
    hiburan | entertainment | showbiz | seleb | selebritas | selebriti | selebritis | lifestyle | gaya | gaya hidup
    kesehatan | health | wisata | travel | kuliner | food | pendidikan | edukasi | edukasi news | budaya
    seni budaya | sosial | sosial budaya | opini | kolom | tajuk | editorial | feature | features | ragam | unik
    viral | khazanah | religi | islam | ramadan | ramadhan | haji | pemilu | pilkada | pilpres | pemerintahan
    parlemen | dprd | advertorial | headline | utama | berita utama | fokus | terkini | sorotan | laporan khusus
    liputan khusus | cek fakta | hoaks atau fakta | humaniora | lingkungan | pertanian | desa | kampus | perempuan
    keluarga | anak | musik | film | sastra | puisi | cerpen | sosok | tokoh | profil | resensi | energi
    infrastruktur | transportasi | investasi | makro | mikro | umkm | perbankan | fiskal | surat pembaca | sumatera
    jawa | kalimantan | sulawesi | bali | papua | jambi | jakarta | bandung | surabaya
    """
    )
)

# Sections that say nothing about an article.
GENERAL = frozenset(
    _phrases(
        """
    berita | berita utama | feature | features | fokus | headline | news | ragam | sorotan | terkini | utama | viral
    """
    )
)

# Whole lines that open a list of other articles, the tags or the comments: nothing of the article follows.
TAIL_HEADINGS = frozenset(
    _phrases(
        """
    tag | tags | tagar | topik | topik artikel | topik terkait | terkait | topik berita | topik terkini | terkini
    terpopuler hari ini | terpopuler pekan ini | populer hari ini | paling populer | trending hari ini
    topik hangat | label | kata kunci | keyword | keywords | terpopuler | populer | terbaru | trending
    trending topic | trending now | rekomendasi | rekomendasi untuk anda | untuk anda | lainnya
    rekomendasi untukmu | pilihan untukmu | pilihan editor | pilihan redaksi | most popular | popular | most read
    related posts | related news | related articles | related topics | recent posts | latest | latest news
    you may also like | you might also like | don't miss | jangan lewatkan | jangan ketinggalan
    baca berita lainnya | baca juga berita lainnya | sedang ramai | sedang tren | paling banyak dibaca
    banyak dibaca | paling dicari | sering dibaca | hot topic | hot topics | close ads x | live update | update
    komentar | tulis komentar | tulis komentar anda | komentar anda | beri komentar | berikan komentar
    kolom komentar | comment | comments | leave a reply
    previous post | next post | artikel sebelumnya | artikel berikutnya | leave a comment
    tinggalkan balasan | tinggalkan komentar
    batalkan balasan | post a comment | 0 komentar | no comments | sampaikan komentar anda
    silakan login untuk komentar | navigasi pos | navigasi tulisan | post navigation | tulisan sebelumnya
    mungkin anda suka | anda mungkin suka | anda mungkin menyukai | anda mungkin juga suka | jadwal tv
    sorotan lainnya | video lainnya | kabar lainnya | foto lainnya | menarik untuk dibaca | menarik lainnya
    bagaimana reaksi anda | apa reaksi anda | what's your reaction | dapatkan promo | tentang penulis
    about the author | loker | lowongan | infografis lainnya | video pilihan | kata kunci terkait
    """
    )
)

# ``Berita Terkait``, ``Artikel Lainnya Nasional``: one of the first, then one of the second, within six words.
LIST_NOUNS = _words(
    """
    berita artikel kabar video foto konten warta news post posts posting postingan informasi info tulisan topik tag
    """
)

LIST_KINDS = _words(
    """
    terkait terkini terbaru terpopuler populer lainnya lain pilihan rekomendasi sebelumnya selanjutnya serupa
    menarik trending berikutnya hangat teratas
    """
)

# A line that begins so is a page's own voice, and the article is over.
TAIL_STARTS = _phrases(
    """
    tags: | tag: | tags : | tag : | topik: | topik : | kata kunci: | kata kunci : | label: | tagar: | keywords:
    artikel ini telah tayang | artikel ini sudah tayang | artikel ini tayang | artikel ini telah terbit
    berita ini telah tayang | berita ini sudah tayang | artikel ini pertama kali | artikel ini tidak boleh
    artikel ini dilarang | artikel ini ditulis | artikel ini bersumber | artikel ini disadur | artikel asli
    artikel asli: | dilarang keras | dilarang mengutip | dilarang mengambil | dilarang menyalin | telusuri berita
    lihat artikel asli | lihat berita lainnya | seluruh isi artikel | isi artikel menjadi tanggung jawab
    konten ini diproduksi | tulisan ini menjadi tanggung jawab | silakan baca konten | konten di bawah ini disajikan
    alamat email anda tidak akan dipublikasikan | your email address will not | follow berita
    follow berita okezone | berita terkait | topik artikel | loading... | rekomendasi untuk | baca artikel
    cek artikel | cek berita dan artikel | ayo berikan komentar
    """
)

# A line that begins so is noise, and the article may go on below it.
NOISE_STARTS = _phrases(
    """
    bebas iklan | baca tanpa iklan | berlangganan sekarang | berlangganan kompas | langganan kompas | advertisement
    iklan oleh | * ragu dengan | *ragu dengan | * fakta atau | *fakta atau | fakta atau hoaks | [cek fakta
    ragu dengan kabar | download aplikasi | unduh aplikasi | gabung kompas | dukung kami | dukung jurnalisme
    simak breaking news | simak berita selengkapnya | simak berita lainnya | silakan login | silahkan login
    silakan masuk | tekan enter | ketik kata kunci | version | powered by | follow instagram | follow akun
    follow us | ikuti berita | ikuti terus berita | ikuti update | ikuti whatsapp | ikuti perkembangan berita
    jangan lupa subscribe | jangan lewatkan | yuk gabung | yuk ikuti | pilihan editor: | ingin informasi
    mau tahu berita | mau berita | punya kabar | punya informasi | kirim kata kunci | cek fakta kami | [gambas
    [youtube | [instagram | halaman selanjutnya | selanjutnya: | lanjut ke halaman | lihat halaman | baca halaman
    klik halaman | sudah baca | cari berita | editor's pick | sekilas info | running text | kirimkan artikel
    lihat postingan ini di instagram | sebuah kiriman dibagikan | a post shared by | lihat foto | loading
    tulis komentar | kirim komentar | sudah menikmati | terima kasih telah membaca | terima kasih sudah membaca
    add as preferred | tambahkan sebagai | jadikan kami | pilih kami di google | tetap terhubung dengan
    halaman berikutnya | jam operasional | masukkan email
    """
)

PROMO_VERBS = _words(
    """
    ikuti ikutilah follow join gabung bergabung bergabunglah dapatkan temukan klik unduh download subscribe
    langganan berlangganan baca cek simak saksikan tonton nonton yuk ayo mari update jangan untuk pantau akses pilih
    kunjungi add sekarang kini nikmati
    """
)

PROMO_TARGETS = _phrases(
    """
    google news | googlenews | google berita | whatsapp | wa channel | saluran wa | telegram | channel | saluran
    aplikasi | youtube | newsletter | instagram kami | facebook kami | fanpage | tiktok kami | twitter kami
    akun media sosial | notifikasi | app store | play store | playstore | threads | berita terbaru lainnya
    berita menarik lainnya | berita lainnya di | artikel lainnya di | artikel menarik lainnya | update berita
    berita update
    """
)

SHARE_WORDS = _words(
    """
    facebook tw twitter x whatsapp wa telegram line link linkedin ke pin pinterest email mail e-mail surel copy icon
    on ikon messenger tweet share bagikan sebarkan print instagram threads tik tiktok to tok reddit tumblr salin
    tautan url via fb gmail bbm google google+ plus youtube koran digg ig pocket flipboard bluesky lainnya share: a+
    a- channel rss news koo
    """
)

# ``Baca juga`` and its kin; the link's text stands behind it or on the next line.
RELATED_STARTS = _phrases(
    """
    baca juga | baca pula | baca lagi | baca selengkapnya | baca berita | baca lainnya | baca ini juga | bacajuga
    lihat juga | lihat pula | simak juga | simak pula | tonton juga | tonton video | simak video | lihat video
    saksikan video | saksikan juga | nonton juga | nonton video | artikel terkait: | berita terkait:
    artikel terkait : | berita terkait : | terkait: | video terkait: | also read | read also | read more: | cek juga
    klik juga | dengarkan juga | related: | pilihan redaksi:
    """
)

# A headline may begin so too.
VIDEO_STARTS = _phrases("video: | video :")

# These need a colon: without it they begin ordinary sentences.
RELATED_COLON = _words(
    """
    baca lihat simak saksikan tonton video terkait related selengkapnya
    """
)

# The longer before the shorter that it begins with.
BYLINE_LABELS = _phrases(
    """
    red | laporan wartawan | laporan reporter | laporan kontributor | laporan jurnalis | tim redaksi | penulis naskah
    penulis berita | reporter | penulis | pewarta | wartawan | jurnalis | kontributor | koresponden | laporan
    penyunting | redaktur | editor | uploader | publisher | publish by | posted by | published by | diposting oleh
    ditulis oleh | dipublikasikan oleh | diterbitkan oleh | diunggah oleh | oleh | author | written by | teks | by
    """
)

# Those that occur alone on a line, with the name above or below.
LONE_LABELS = _words(
    """
    editor jurnalis kontributor penulis penyunting pewarta redaktur reporter wartawan
    """
)

# Labels of those who did not write the article, and that follow it more often than they head it.
EDITOR_LABELS = _words(
    """
    editor penyunting redaktur uploader publisher
    """
)

CAPTION_LABELS = _phrases(
    """
    keterangan gambar | keterangan foto | ket. gambar | ket. foto | ket gambar | ket foto | teks foto | caption foto
    caption | foto ilustrasi | foto | gambar | ilustrasi | photo | sumber foto | sumber gambar | kredit foto
    fotografer | foto oleh | dok. foto | foto dok | doc. foto | photo by | image | arsip foto
    """
)

# Words that make a parenthesis at a line's end a picture credit.
CREDIT_WORDS = _phrases(
    """
    foto | dok | dok. | doc | ist | istimewa | ilustrasi | instagram | twitter | facebook | youtube | tiktok
    shutterstock | unsplash | pixabay | pexels | freepik | screenshot | tangkapan | tangkap layar | net | reuters
    afp | antara foto | getty | gettyimages | istock | wikipedia | wikimedia | humas | arsip | image | photo | bbc
    epa | ap photo | xinhua | sumber: | kredit: | repro
    """
)

# What may stand beside the date of a date line.
DATE_WORDS = _words(
    """
    di diterbitkan terbit dipublikasi dipublikasikan publikasi publish published post posted diposting in diposkan
    ditayangkan tayang yang dimuat at dirilis rilis dibuat created date tanggal tgl hari pada on pukul pkl jam am
    wib wit wita diperbarui diperbaharui diupdate update updated terakhir last modified pembaruan waktu oleh by dan
    sen senin sel selasa rab rabu kam kamis jum jumat jum'at jum’at sab sabtu min minggu ahad mon tue wed thu fri
    sat sun monday tuesday wednesday thursday friday saturday sunday pm gmt utc artikel berita baca menit lalu views
    komentar edisi siang pagi sore malam tanggal:
    """
)

PUBLISHED_WORDS = _words(
    """
    diterbitkan dipublikasikan dipublikasi publikasi publish published posted diposting diposkan ditayangkan tayang
    terbit dimuat rilis dirilis dibuat created
    """
)

# What a date line with a writer's name may begin with.
POSTED_WORDS = PUBLISHED_WORDS | _words("ditulis diunggah written oleh by")

UPDATED_WORDS = _words(
    """
    diperbarui diperbaharui diupdate update updated modified pembaruan revisi disunting
    """
)

# A date beside one of these is of what will be, or of what has long been: not the day of the report.
FUTURE_WORDS = _phrases(
    """
    akan | bakal | mendatang | dijadwalkan | rencananya | direncanakan | paling lambat | hingga | sampai | s/d
    sampai dengan | besok | nanti | depan | batas akhir | berlaku mulai | ditargetkan | tenggat | jatuh tempo
    """
)

PAST_WORDS = _phrases(
    """
    sejak | lahir | tahun lalu | silam | tertanggal | bertanggal | berdiri | didirikan | dibentuk | nomor
    diresmikan pada | pernah | periode | meninggal | wafat | proklamasi | berdasarkan | sebelumnya | semula
    ditetapkan | tragedi | mulai | terakhir kali | per tanggal
    """
)

# A date with its weekday right behind one of these is of what has long been, even in the lede.
SINCE_WORDS = _words(
    """
    sejak semenjak pecah meletus lahir berdiri didirikan dibangun tertanggal bertanggal wafat
    """
)

# Behind the lede, what happened ``pada Senin (2/12/2024)`` did so before it was reported.
HAPPENED_WORDS = _words(
    """
    terjadi hilang tewas meninggal ditemukan ditangkap ditahan dirawat kabur karam tenggelam runtuh ambruk terbakar
    roboh berawal bermula
    """
)

# Between such a word and its date.
DAY_FILLERS = _words(
    """
    pada hari di tanggal
    """
)

# Right behind a date: the day is looked back upon.
AGO_WORDS = _words(
    """
    lalu silam
    """
)

# What is said is said on the day of the report, whatever it speaks of.
SPEECH_WORDS = _words(
    """
    kata ujar ucap tutur jelas ungkap terang tegas papar sebut imbuh tandas cetus beber tulis
    katanya ujarnya ucapnya tuturnya jelasnya ungkapnya terangnya tegasnya paparnya sebutnya imbuhnya tandasnya
    mengatakan menyatakan menuturkan menjelaskan mengungkapkan menyebut menyebutkan menegaskan menambahkan
    memaparkan menerangkan menyampaikan membenarkan berkata dikonfirmasi ditemui dihubungi diwawancarai
    """
)

# Newsrooms that a dateline names without a domain.
SITE_WORDS = _words(
    """
    antara antaranews news kompas tempo republika viva detik detikcom detiknews okezone kumparan tribun liputan6
    sindo sindonews jawapos pos metropolitan post radar harian media cnn cnbc bisnis kontan rmol jpnn beritasatu
    suara merdeka medcom inilah fajar analisa snn bbc dw voa abc rri tvri inews idn tirto katadata waspada gatra mnc
    jpp infopublik online interaktif press pikiran ayobandung solopos harianjogja galamedia netralnews akurat alinea
    industry grid bola
    """
)

PLACES = _words(
    """
    aceh sumatera sumut sumbar sumsel riau kepri jambi bengkulu lampung babel banten jakarta jabar jateng jatim
    yogyakarta jogja diy bali ntb ntt kalbar kalteng kalsel kaltim kaltara sulut gorontalo sulteng sulbar sulsel
    sultra maluku malut papua medan padang palembang pekanbaru batam bandung bogor depok bekasi tangerang serang
    semarang solo surakarta surabaya malang denpasar mataram kupang pontianak banjarmasin samarinda balikpapan
    makassar manado palu kendari ambon ternate jayapura sorong sleman bantul kudus tegal cirebon cianjur garut
    kediri jember banyuwangi sidoarjo gresik indonesia
    """
)

# A parenthesis with one of these at a paragraph's end is a stage direction, not a reporter's initials.
STAGE_WORDS = _words(
    """
    tertawa tersenyum terbahak ha menangis hening diam sambil red sic tepuk bersambung wib wit wita rp persen km kg
    bukan benar alm almarhum
    """
)

# Abbreviations whose full stop ends no sentence.
ABBREVIATIONS = _words(
    """
    se no nomor jl jln dr drs dra ir prof kh h hj tgk tn ny st sdr kab kec kel rt rw ds pt cv tbk dkk dll dsb a.n
    u.p hlm hal bpk ibu gg sh mm si kom pd mh msi
    """
)

# Words that a headline does not capitalise.
SMALL_WORDS = _words(
    """
    a agar an and atau bagi dalam dan dari dengan di in ini itu jadi ke of oleh pada para saat the to untuk vs yang
    """
)
