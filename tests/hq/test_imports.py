"""Spreadsheets into the feed: what is good goes in, what is not is refused by row and in words."""

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from edge.errors import Refused
from edge.feedwords import ArticleValue, DeliveryValue, PriceValue, ReviewValue, SettingValue, StockValue, VariantValue
from hq import feed, media
from hq.feed import Author
from hq.imports import run
from hq.report import Options, Report
from hq.rows import amount
from hq.store import connect
from tests.hq.boxes import NOON

AUTHOR = Author("ida", "import", NOON, "00000000000000f1")
OPTIONS = Options("main", "DKK")
CATALOGUE = """article;name;name_da;brand;sku;colour;size;code;price;tax_label
ridge;Ridge boot;Ridge støvle;Fjeld;RB-42;brown;42;05712345000021;1.299,00;A
ridge;;;;RB-43;brown;43;05712345000038;1299,00;A
tarn;Tarn jacket;;Fjeld;TJ-M;blue;M;;899;A
"""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "hq.db")
    yield connection
    connection.close()


def take(db: sqlite3.Connection, text: str, options: Options = OPTIONS, author: Author = AUTHOR) -> Report:
    return run(db, text.encode(), options, author)


def test_one_spreadsheet_with_everything_becomes_articles_variants_codes_and_prices(db: sqlite3.Connection) -> None:
    report = take(db, CATALOGUE.replace("1.299,00", "1299,00"))
    assert (report.refused, report.changed) == ([], {"articles": 2, "variants": 3, "prices": 3})
    boot = feed.value(db, "article/ridge")
    assert isinstance(boot, ArticleValue)
    assert (boot.name, boot.brand) == ({"en": "Ridge boot", "da": "Ridge støvle"}, "Fjeld")
    assert feed.value(db, "variant/RB-43") == VariantValue("RB-43", "ridge", "brown", "43", codes=("05712345000038",))
    assert feed.value(db, f"price/main/TJ-M/{NOON}") == PriceValue("main", "TJ-M", 89900, "DKK", "A", NOON)


def test_the_same_spreadsheet_again_changes_nothing(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    before = feed.stand(db, feed.ALL)
    report = take(db, CATALOGUE)
    assert feed.stand(db, feed.ALL) == before
    assert report.changed == {}


def test_a_barcode_that_no_scanner_would_read_is_refused(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    wrong = take(db, "code,sku\n5712345000015,RB-42\n5712345000014,RB-42\n12345,RB-42\n12345678901X,RB-42\n")
    ((row, why),) = wrong.refused
    assert (row, "wrong check digit" in why) == (2, True)
    boot = feed.value(db, "variant/RB-42")
    assert isinstance(boot, VariantValue)
    assert boot.codes == ("05712345000021", "5712345000014", "12345", "12345678901X")


def test_refused_rows_are_named_with_a_reason_and_the_others_go_in(db: sqlite3.Connection) -> None:
    report = take(db, CATALOGUE)
    assert report.refused == [(2, "'1.299,00' is no price; write 1299.00")]
    assert [line for line in report.lines() if line.startswith("row 2")]
    more = take(
        db,
        "sku,article,size,code\nRB-44,ridge,44,05712345000038\nRB-45,rigde,45,\n,ridge,46,\nRB/47,ridge,47,\n"
        "RB-48,ridge,48,,,,\n",
    )
    assert [row for row, _ in more.refused] == [6, 2, 3, 4, 5]
    reasons = dict(more.refused)
    assert "already belongs to variant RB-43" in reasons[2]
    assert "no article 'rigde'" in reasons[3]
    assert "sku is empty" in reasons[4]
    assert "out of bounds" in reasons[5]


def test_a_dry_run_and_all_or_nothing_write_nothing(db: sqlite3.Connection) -> None:
    assert take(db, CATALOGUE, replace(OPTIONS, dry_run=True)).applied is False
    assert take(db, CATALOGUE, replace(OPTIONS, all_or_nothing=True)).applied is False
    assert feed.stand(db, feed.ALL) is None
    assert db.execute("SELECT count(*) FROM held_codes").fetchone() == (0,)


def test_columns_that_are_missing_leave_what_is_held(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    take(db, "article,name\nridge,Ridge boot II\n")
    boot = feed.value(db, "article/ridge")
    assert isinstance(boot, ArticleValue)
    assert (boot.title("en"), boot.title("da"), boot.brand) == ("Ridge boot II", "Ridge støvle", "Fjeld")


def test_codes_are_added_to_variants_and_to_articles(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    assert take(db, "code,sku,article\nTAG-1,,ridge\nHOUSE-9,RB-42,\n").refused == []
    boot, variant = feed.value(db, "article/ridge"), feed.value(db, "variant/RB-42")
    assert isinstance(boot, ArticleValue)
    assert isinstance(variant, VariantValue)
    assert (boot.codes, variant.codes) == (("TAG-1",), ("05712345000021", "HOUSE-9"))


def test_a_reduced_price_carries_the_lowest_of_the_last_thirty_days(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    rows = ["sku,price,tax_label,valid_from"]
    rows += [f"TJ-M,{price},A,{day}" for day, price in (("2026-03-10", 799), ("2026-03-20", 849), ("2026-04-05", 700))]
    assert take(db, "\n".join(rows)).refused == []
    april = feed.value(db, "price/main/TJ-M/2026-04-05T00:00:00.000Z")
    assert isinstance(april, PriceValue)
    assert (april.amount, april.lowest_30_days) == (70000, 79900)


def test_reviews_keep_a_nickname_and_never_a_mail_address(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    report = take(
        db,
        'id,article,rating,title,text,author\nr1,ridge,1,Leaks,"Wet ""socks"",\ntwice",ida@example.dk\n'
        "r2,ridge,9,,Good,Bo\nr3,ridge,5,,,Bo\n",
    )
    review = feed.value(db, "review/import/r1")
    assert isinstance(review, ReviewValue)
    assert (review.author, review.text) == ("ida", 'Wet "socks",\ntwice')
    assert len(report.refused) == 2


def test_opening_stock_goes_online_here_and_to_a_shop_as_a_delivery(db: sqlite3.Connection) -> None:
    take(db, CATALOGUE)
    sheet = "store,sku,quantity,document\nonline,TJ-M,5,opening\naalborg,TJ-M,3,opening\n"
    assert take(db, sheet).changed == {"stock movements": 1, "deliveries to shops": 1}
    assert take(db, sheet).unchanged == 2
    stock = feed.value(db, "stock/online/TJ-M")
    assert isinstance(stock, StockValue)
    assert stock.available == 5
    assert feed.value(db, "delivery/opening/TJ-M", "aalborg") == DeliveryValue("opening", "TJ-M", 3)
    assert "another document" in take(db, sheet.replace("3,", "4,")).refused[0][1]


def test_pictures_are_checked_and_kept_by_digest(db: sqlite3.Connection, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "boot.png")
    (tmp_path / "evil.png").write_bytes(b"<svg onload=alert(1)>")
    options = replace(OPTIONS, folder=tmp_path)
    sheet = "article,name,picture\nridge,Ridge,boot.png\ntarn,Tarn,evil.png\nx,X,../../etc/passwd\ny,Y,none.png\n"
    report = take(db, sheet, options)
    assert [row for row, _ in report.refused] == [3, 4, 5]
    boot = feed.value(db, "article/ridge")
    assert isinstance(boot, ArticleValue)
    picture = media.find(db, boot.pictures[0])
    assert picture is not None
    assert Image.open(io.BytesIO(picture.data)).size == (8, 8)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x81\x8d", b"a,b\n1,2\n", b"code\nx\n", b"sku,sku,price\n", b'sku,price\n"x']
)
def test_what_is_no_spreadsheet_we_know_is_refused_in_words(db: sqlite3.Connection, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        run(db, data, OPTIONS, AUTHOR)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12", "DKK", 1200),
        ("12.5", "DKK", 1250),
        ("1 299,00", "DKK", 129900),
        ("39000", "KRW", 39000),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_read_with_its_currency_s_decimals(text: str, currency: str, minor: int) -> None:
    assert amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"), [("1.5", "KRW"), ("12.345", "DKK"), ("-3", "DKK"), ("1e3", "DKK"), ("", "DKK")]
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"price|decimals"):
        amount(text, currency)


def test_four_times_the_rows_cost_the_database_four_times_the_work(tmp_path: Path) -> None:
    def steps(rows: int) -> int:
        db = connect(tmp_path / f"{rows}.db")
        done = [0]

        def step() -> int:
            done[0] += 1
            return 0

        db.set_progress_handler(step, 100)
        head = "article,name,sku,code,price,tax_label\n"
        sheet = head + "\n".join(f"a{at // 5},Boot,s{at},C{10**11 + at},{at}.50,A" for at in range(rows))
        assert take(db, sheet).refused == []
        db.close()
        return done[0]

    assert steps(1200) < 6 * steps(300)


def test_settings_go_to_every_screen(db: sqlite3.Connection) -> None:
    report = take(db, "setting,value\ncolour.brown.da,brun\nno such: name,x\n")
    assert report.changed == {"settings": 1}
    assert [row for row, _ in report.refused] == [3]
    assert feed.value(db, "setting/colour.brown.da") == SettingValue("colour.brown.da", "brun")


def test_an_attribute_is_told_in_every_language_a_column_has(db: sqlite3.Connection) -> None:
    take(
        db, "article,name,attribute_upper_material_da,attribute_upper_material,attribute_made_in\na,A,nubuk,nubuck,PT\n"
    )
    assert attributes(db) == [("Upper material", {"en": "nubuck", "da": "nubuk"}), ("Made in", {"en": "PT"})]
    take(db, "article,name,attribute_upper_material_pl\na,A,nubuk pl\n")
    assert attributes(db)[0] == ("Upper material", {"en": "nubuck", "da": "nubuk", "pl": "nubuk pl"})
    take(db, "article,name,attribute_upper_material,attribute_upper_material_da,attribute_upper_material_pl\na,A,,,\n")
    assert attributes(db) == [("Made in", {"en": "PT"})], "an empty cell takes the text away"


def attributes(db: sqlite3.Connection) -> list[tuple[str, dict[str, str]]]:
    held = feed.value(db, "article/a")
    assert isinstance(held, ArticleValue)
    return sorted(((each.name["en"], dict(each.value)) for each in held.attributes), reverse=True)
