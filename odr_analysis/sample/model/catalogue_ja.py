"""The Japanese side of the catalogue: listings, places, what buyers write."""

from __future__ import annotations

TITLES: dict[str, str] = {
    "KT-TELLER-6": "ストーンウェア プレート 6枚セット 26cm",
    "KT-TASSE-4": "コーヒーマグ 4個セット 白",
    "KT-SCHALE-2": "シリアルボウル 2個セット 青",
    "KT-VASE-1": "ガラス花瓶 丸型 20cm",
    "KU-BRETT-3": "竹製まな板 3枚セット",
    "KU-MESSER-1": "シェフナイフ 20cm ステンレス",
    "KU-REIBE-1": "おろし金 細目・粗目",
    "KU-SIEB-3": "ステンレスざる 3点セット",
    "TX-TUCH-5": "キッチンタオル 5枚組 麻混",
    "TX-DECKE-1": "テーブルクロス 130×220cm 撥水",
    "TX-KISSEN-2": "クッションカバー 2枚組 40×40cm",
    "LI-KERZE-12": "ピラーキャンドル 12本入り",
    "LI-LAMPE-1": "テーブルランプ 調光式",
    "AU-BOX-4": "ふた付き収納ボックス 4個セット",
    "AU-HAKEN-10": "粘着フック 10個入り",
    "BI-RAHMEN-1": 'フォトフレーム 12" × 18" 黒',
    "BI-MONITOR-1": 'モニター台 27" まで 高さ調節',
}
"""SKU to title."""

CITIES: tuple[tuple[str, str, str], ...] = (
    ("世田谷区", "東京都", "154-0017"),
    ("横浜市", "神奈川県", "231-0023"),
    ("大阪市", "大阪府", "530-0001"),
    ("名古屋市", "愛知県", "460-0008"),
    ("札幌市", "北海道", "060-0061"),
    ("福岡市", "福岡県", "810-0041"),
    ("京都市", "京都府", "604-8005"),
)
"""Town, prefecture, postcode."""

COMMENTS: dict[str, tuple[str, ...]] = {
    "damaged": (
        "届いた時点で割れていました。梱包が薄すぎます。",
        "箱がつぶれ、二枚欠けていました。",
    ),
    "not received": ("三週間たっても届きません。", "配達済みとありますが受け取っていません。"),
    "not as described": ("写真と色が全く違います。", "説明より小さかったです。"),
    "defective": ("二日で壊れました。返事もありません。",),
    "wrong item": ("注文と違う商品が届きました。",),
    "late": ("予定より十日も遅れました。",),
    "neutral": ("普通です。",),
}
"""Reason to what buyers write."""

FEEDBACK_HEADER: tuple[str, ...] = (
    *("日付", "評価", "コメント", "出品者からの返信"),
    *("注文番号", "評価者のEメール"),
)
YEN = 160
"""Yen to a unit of the other stores' money, for prices."""
