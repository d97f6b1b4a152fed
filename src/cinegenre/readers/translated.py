"""The names of columns in tables written in other languages than English."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "Arabic": {
        "title": "العنوان, عنوان, عنوان الفيلم, اسم الفيلم, الفيلم, الاسم",
        "overview": "الملخص, ملخص, القصة, قصة الفيلم, الوصف, وصف",
        "genres": "التصنيف, النوع, الأنواع, نوع الفيلم",
        "year": "السنة, سنة, سنة الإنتاج, سنة الإصدار, تاريخ الإصدار, العام",
        "director": "المخرج, مخرج, إخراج",
        "cast": "الممثلون, الممثلين, طاقم التمثيل, بطولة, تمثيل",
        "poster": "الملصق, ملصق, البوستر, ملصق الفيلم, الصورة, صورة",
        "companies": "شركة الإنتاج, شركات الإنتاج",
        "language": "اللغة, لغة, اللغة الأصلية",
    },
    "Chinese": {
        "title":
            "片名, 标题, 標題, 电影名, 電影名, 电影名称, 電影名稱, 影片名称, 影片名, 中文名, "
            "名称, 名稱, 电影, 電影, 原名",
        "overview":
            "简介, 簡介, 剧情简介, 劇情簡介, 内容简介, 內容簡介, 电影简介, "
            "影片简介, 故事梗概, 描述",
        "genres": "类型, 類型, 电影类型, 電影類型, 影片类型, 类别, 類別",
        "year": "年份, 上映年份, 年代, 上映日期, 上映时间, 上映時間, 首播",
        "director": "导演, 導演",
        "cast": "演员, 演員, 主演, 演员表, 演員表, 演职员, 領銜主演",
        "poster": "海报, 海報, 封面, 电影海报, 海报链接, 图片, 圖片",
        "companies": "制片公司, 製片公司, 出品公司, 制作公司, 製作公司",
        "language": "语言, 語言",
    },
    "Danish": {
        "title": "Titel, Filmtitel, Dansk titel, Originaltitel, Navn",
        "overview": "Handling, Resumé, Synopsis, Beskrivelse, Filmbeskrivelse, Sammendrag",
        "genres": "Genre, Genrer, Filmgenre",
        "year": "År, Årstal, Udgivelsesår, Produktionsår, Premieredato, Udgivelsesdato",
        "director": "Instruktør, Instruktører, Instruktion, Instrueret af",
        "cast": "Skuespillere, Skuespiller, Medvirkende, Rolleliste",
        "poster": "Plakat, Filmplakat, Billede, Omslag",
        "companies": "Produktionsselskab, Produktionsselskaber, Filmselskab",
        "language": "Sprog, Originalsprog",
    },
    "Dutch": {
        "title":
            "Titel, Filmtitel, Nederlandse titel, Oorspronkelijke titel, Originele titel, "
            "Naam",
        "overview": "Synopsis, Plot, Beschrijving, Samenvatting, Omschrijving, Verhaal, Inhoud",
        "genres": "Genre, Genres, Filmgenre",
        "year": "Jaar, Jaartal, Productiejaar, Releasejaar, Jaar van uitgave, Premièredatum",
        "director": "Regisseur, Regisseurs, Regie",
        "cast": "Acteurs, Acteur, Cast, Rolverdeling, Hoofdrollen, Hoofdrolspelers",
        "poster": "Poster, Filmposter, Affiche, Afbeelding, Omslag",
        "companies": "Productiemaatschappij, Productiemaatschappijen, Productiebedrijf",
        "language": "Taal, Originele taal, Oorspronkelijke taal",
    },
    "French": {
        "title": "Titre, Titre du film, Titre français, Titre original, Nom du film, Nom",
        "overview": "Synopsis, Résumé, Résumé du film, Intrigue, Description",
        "genres": "Genre, Genres, Genre du film",
        "year": "Année, Année de sortie, Année de production, Date de sortie, Sortie",
        "director":
            "Réalisateur, Réalisateurs, Réalisatrice, Réalisation, Réalisé par, Mise en scène",
        "cast": "Acteurs, Acteur, Actrices, Casting, Interprètes, Avec",
        "poster": "Affiche, Affiche du film, Jaquette, Image, Couverture",
        "companies": "Sociétés de production, Société de production, Studio, Production",
        "language": "Langue, Langue originale",
    },
    "German": {
        "title": "Titel, Filmtitel, Deutscher Titel, Originaltitel, Filmname",
        "overview":
            "Handlung, Inhalt, Inhaltsangabe, Beschreibung, Kurzbeschreibung, "
            "Filmbeschreibung, Zusammenfassung",
        "genres": "Genre, Genres, Filmgenre, Filmgenres",
        "year":
            "Jahr, Erscheinungsjahr, Produktionsjahr, Erscheinungsdatum, Veröffentlichung, "
            "Kinostart",
        "director": "Regie, Regisseur, Regisseure, Regisseurin",
        "cast":
            "Darsteller, Schauspieler, Besetzung, Darstellerinnen, Schauspielerinnen, "
            "Mitwirkende",
        "poster": "Plakat, Filmplakat, Filmposter, Poster, Titelbild, Bild",
        "companies": "Produktionsfirma, Produktionsfirmen, Produktionsunternehmen, Filmstudio",
        "language": "Sprache, Originalsprache",
    },
    "Italian": {
        "title": "Titolo, Titolo del film, Titolo italiano, Titolo originale, Nome del film, Nome",
        "overview": "Trama, Sinossi, Descrizione, Riassunto",
        "genres": "Genere, Generi",
        "year": "Anno, Anno di uscita, Anno di produzione, Data di uscita, Uscita",
        "director": "Regia, Regista, Registi, Diretto da",
        "cast": "Cast, Attori, Attore, Interpreti, Interpreti principali",
        "poster": "Locandina, Poster, Copertina, Immagine",
        "companies": "Casa di produzione, Case di produzione",
        "language": "Lingua, Lingua originale",
    },
    "Japanese": {
        "title": "タイトル, 題名, 作品名, 映画名, 映画タイトル, 邦題, 原題, 映画",
        "overview": "あらすじ, ストーリー, 概要, 内容, 説明, 解説",
        "genres": "ジャンル",
        "year": "公開年, 製作年, 制作年, 年, 公開日, 劇場公開日",
        "director": "監督",
        "cast": "キャスト, 出演者, 出演, 俳優, 主演",
        "poster": "ポスター, ポスター画像, 画像, サムネイル",
        "companies": "制作会社, 製作会社",
        "language": "言語, 原語",
    },
    "Korean": {
        "title": "제목, 영화제목, 영화명, 영화 이름, 타이틀, 원제, 영화",
        "overview": "줄거리, 시놉시스, 내용, 설명, 개요",
        "genres": "장르",
        "year": "연도, 개봉연도, 개봉년도, 제작연도, 제작년도, 년도, 개봉일",
        "director": "감독",
        "cast": "출연진, 출연, 출연자, 배우, 주연",
        "poster": "포스터, 포스터 이미지, 이미지",
        "companies": "제작사, 제작회사",
        "language": "언어, 원어",
    },
    "Norwegian": {
        "title": "Tittel, Filmtittel, Norsk tittel, Originaltittel, Navn",
        "overview": "Handling, Sammendrag, Synopsis, Beskrivelse",
        "genres": "Sjanger, Sjangre, Sjangere",
        "year": "År, Årstall, Utgivelsesår, Produksjonsår, Premieredato, Utgivelsesdato",
        "director": "Regissør, Regissører, Regi",
        "cast": "Skuespillere, Skuespiller, Medvirkende, Rolleliste",
        "poster": "Plakat, Filmplakat, Bilde, Omslag",
        "companies": "Produksjonsselskap, Produksjonsselskaper, Filmselskap",
        "language": "Språk, Originalspråk",
    },
    "Polish": {
        "title": "Tytuł, Tytuł filmu, Tytuł polski, Tytuł oryginalny, Nazwa filmu, Nazwa",
        "overview": "Fabuła, Opis filmu, Streszczenie, Zarys fabuły, Opis",
        "genres": "Gatunek, Gatunki, Gatunek filmu",
        "year": "Rok, Rok produkcji, Rok wydania, Rok premiery, Data premiery, Premiera",
        "director": "Reżyser, Reżyserzy, Reżyseria",
        "cast": "Obsada, Aktorzy, Aktor, Występują",
        "poster": "Plakat, Plakat filmu, Okładka",
        "companies": "Wytwórnia, Wytwórnie, Studio",
        "language": "Język, Język oryginału, Język oryginalny",
    },
    "Portuguese": {
        "title":
            "Título, Título do filme, Título em português, Título original, Nome do filme, "
            "Filme, Nome",
        "overview": "Sinopse, Resumo, Enredo, Descrição, Trama",
        "genres": "Gênero, Gêneros, Género, Géneros",
        "year": "Ano, Ano de lançamento, Ano de produção, Data de lançamento, Lançamento, Estreia",
        "director": "Diretor, Diretores, Diretora, Direção, Realizador, Realização, Dirigido por",
        "cast": "Elenco, Atores, Ator, Atriz, Elenco principal",
        "poster": "Cartaz, Pôster, Poster, Capa, Imagem",
        "companies": "Produtora, Produtoras, Empresa produtora, Estúdio, Estúdios",
        "language": "Idioma, Idioma original, Língua, Língua original",
    },
    "Russian": {
        "title":
            "Название, Название фильма, Русское название, Оригинальное название, Заголовок, "
            "Фильм, Наименование",
        "overview":
            "Описание, Сюжет, Описание фильма, Синопсис, Краткое содержание, Аннотация, "
            "Содержание",
        "genres": "Жанр, Жанры",
        "year": "Год, Год выпуска, Год выхода, Год производства, Дата выхода, Премьера",
        "director": "Режиссёр, Режиссер, Режиссёры, Режиссеры",
        "cast": "Актёры, Актеры, В ролях, В главных ролях, Актёр, Актер",
        "poster": "Постер, Афиша, Обложка, Изображение, Картинка",
        "companies": "Кинокомпания, Кинокомпании, Студия, Киностудия",
        "language": "Язык, Язык оригинала",
    },
    "Spanish": {
        "title":
            "Título, Título de la película, Título en español, Título original, Película, "
            "Nombre",
        "overview": "Sinopsis, Trama, Resumen, Descripción, Argumento",
        "genres": "Género, Géneros",
        "year": "Año, Año de estreno, Año de producción, Fecha de estreno, Estreno",
        "director": "Director, Directores, Directora, Dirección, Dirigida por, Realizador",
        "cast": "Reparto, Actores, Elenco, Actor, Actriz, Intérpretes, Protagonistas",
        "poster": "Cartel, Póster, Afiche, Portada, Carátula, Imagen",
        "companies": "Productora, Productoras, Compañía productora, Estudio",
        "language": "Idioma, Idioma original, Lengua",
    },
    "Swedish": {
        "title": "Titel, Filmtitel, Svensk titel, Originaltitel, Namn",
        "overview": "Handling, Beskrivning, Sammanfattning, Synopsis, Intrig",
        "genres": "Genre, Genrer, Filmgenre",
        "year": "År, Årtal, Utgivningsår, Produktionsår, Premiärdatum, Premiärår",
        "director": "Regissör, Regissörer, Regi, Regisserad av",
        "cast": "Skådespelare, Medverkande, Rollista, I rollerna",
        "poster": "Affisch, Filmaffisch, Poster, Omslag, Bild",
        "companies": "Produktionsbolag, Filmbolag",
        "language": "Språk, Originalspråk",
    },
    "Turkish": {
        "title": "Film adı, Başlık, Filmin adı, Türkçe adı, Orijinal adı, Adı, İsim",
        "overview": "Özet, Konu, Konusu, Film özeti, Açıklama, Hikaye",
        "genres": "Tür, Türü, Türler, Türleri, Film türü",
        "year": "Yıl, Yapım yılı, Yılı, Vizyon tarihi, Çıkış tarihi, Çıkış yılı",
        "director": "Yönetmen, Yönetmenler, Yönetmeni",
        "cast": "Oyuncular, Oyuncu, Oyuncu kadrosu, Başroller, Oyuncuları",
        "poster": "Afiş, Film afişi, Poster, Kapak, Görsel, Resim",
        "companies": "Yapım şirketi, Yapım şirketleri, Yapımcı şirket, Stüdyo",
        "language": "Dil, Orijinal dil, Orijinal dili",
    },
}  # fmt: skip
"""Language → field → names, the surest first; `director` and `cast` make the field `people`.

Left out are words that say something else in another language or table: the French "Distribution"
(a cast, but the distributor in English), the Polish "Produkcja" (often a country), the Chinese
"剧情" (a plot, but Drama too).
"""
