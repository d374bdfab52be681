#!/usr/bin/env python3
"""Makes the logs of earlier formats in Formats/, the same events in each, with the SQL of those times.

Usage: Tests/AssistantTests/make_formats.py
"""
import pathlib
import random
import sqlite3
import struct

HERE = pathlib.Path(__file__).resolve().parent
APPLICATION_ID = 0x736C6D64
WIDTH = 8

FORMAT_1 = """
    CREATE TABLE encoders (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, time INTEGER NOT NULL, uid INTEGER NOT NULL,
        pid INTEGER NOT NULL, session TEXT, intent TEXT, target TEXT, text TEXT, context TEXT,
        encoder INTEGER REFERENCES encoders (id), features BLOB, name_features BLOB, before_intent TEXT,
        before_confidence REAL, after_intent TEXT, after_confidence REAL) STRICT;
    CREATE TABLE examples (
        id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
        is_name INTEGER NOT NULL, intent TEXT NOT NULL, text TEXT NOT NULL, context TEXT,
        encoder INTEGER NOT NULL REFERENCES encoders (id), features BLOB NOT NULL) STRICT;
    CREATE INDEX examples_by_event ON examples (event);
"""

FORMAT_2 = """
    CREATE TABLE encoders (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, time INTEGER NOT NULL, uid INTEGER NOT NULL,
        pid INTEGER NOT NULL, session TEXT, intent TEXT, target TEXT, position INTEGER, text TEXT, context TEXT,
        encoder INTEGER REFERENCES encoders (id), features BLOB) STRICT;
    CREATE TABLE examples (
        id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
        intent TEXT NOT NULL, text TEXT NOT NULL, context TEXT,
        encoder INTEGER NOT NULL REFERENCES encoders (id), features BLOB NOT NULL) STRICT;
    CREATE INDEX examples_by_event ON examples (event);
    CREATE TABLE names (
        intent TEXT PRIMARY KEY, encoder INTEGER NOT NULL REFERENCES encoders (id), features BLOB NOT NULL) STRICT;
    CREATE TABLE effects (
        event INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE, before_intent TEXT,
        before_confidence REAL NOT NULL, after_intent TEXT, after_confidence REAL NOT NULL) STRICT;
    CREATE TABLE erasures (
        id INTEGER PRIMARY KEY AUTOINCREMENT, first_event INTEGER NOT NULL, time INTEGER NOT NULL,
        is_settled INTEGER NOT NULL) STRICT;
    CREATE INDEX events_by_kind ON events (kind) WHERE kind <> 'taught';
    CREATE INDEX events_by_intent ON events (intent);
    CREATE INDEX events_by_target ON events (target) WHERE target IS NOT NULL;
    CREATE INDEX examples_by_intent ON examples (intent);
"""

FORMAT_3 = FORMAT_2 + """
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, uid INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES sessions (id), time INTEGER NOT NULL,
        text TEXT NOT NULL, context TEXT, intent TEXT, confidence REAL NOT NULL, is_out_of_scope INTEGER NOT NULL,
        event INTEGER) STRICT;
    CREATE INDEX turns_by_session ON turns (session);
    CREATE INDEX turns_by_event ON turns (event) WHERE event IS NOT NULL;
    CREATE INDEX events_by_session ON events (session) WHERE session IS NOT NULL;
    ALTER TABLE erasures ADD COLUMN first_turn INTEGER;
    ALTER TABLE erasures ADD COLUMN last_turn INTEGER;
    ALTER TABLE events ADD COLUMN reason TEXT;
    CREATE INDEX approvals ON events (position) WHERE kind = 'approved';
    CREATE TABLE accounts (
        uid INTEGER PRIMARY KEY, lessons REAL NOT NULL, trust REAL NOT NULL, time INTEGER NOT NULL) STRICT;
"""

FORMAT_4 = FORMAT_3 + "CREATE INDEX imports ON events (position) WHERE kind = 'imported';"

FORMAT_5 = FORMAT_4 + """
    ALTER TABLE turns ADD COLUMN action TEXT;
    ALTER TABLE turns ADD COLUMN reply TEXT;
    ALTER TABLE turns ADD COLUMN record TEXT;
"""

FORMAT_6 = FORMAT_5 + """
    ALTER TABLE events ADD COLUMN slots BLOB;
    ALTER TABLE examples ADD COLUMN slots BLOB;
"""

FORMAT_7 = FORMAT_6 + """
    CREATE TABLE policy (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        change TEXT NOT NULL,
        began INTEGER NOT NULL,
        time INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        session TEXT,
        content TEXT
    ) STRICT;
    CREATE INDEX policy_by_session ON policy (session);
    ALTER TABLE sessions ADD COLUMN episodes_end INTEGER;
    CREATE INDEX sessions_by_episodes_end ON sessions (episodes_end) WHERE episodes_end IS NOT NULL;
"""

# (kind, intent, target, texts): a text of "intent text" for a training.
EVENTS = [
    ("taught", "greet", None, ["hello there"]),
    ("taught", "leave", None, ["see you"]),
    ("taught", "greet", None, ["good morning"]),
    ("trained_keeping_base", None, None, ["greet hi", "leave bye", "order one tea", "order two teas"]),
    ("renamed", "leave", "part", []),
    ("taught", "part", None, ["farewell"]),
    ("merged", "order", "greet", []),
]


def features(name):
    """Those of a text or of an intent's name: u32 width, five scales, five blocks of signed bytes."""
    numbers = random.Random(name)
    values = [numbers.randint(-127, 127) for _ in range(5 * WIDTH)]
    return struct.pack(f"<I5f{5 * WIDTH}b", WIDTH, *[1 / 256] * 5, *values)


def make(number):
    path = HERE / "Formats" / f"{number}.db"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript({1: FORMAT_1, 2: FORMAT_2, 3: FORMAT_3, 4: FORMAT_4, 5: FORMAT_5, 6: FORMAT_6,
                      7: FORMAT_7}[number])
    db.execute("INSERT INTO encoders VALUES (1, 'formats')")
    known = set()

    def name(intent):
        """The features of the name of an intent that the head does not know."""
        if intent is None or intent in known:
            return None
        known.add(intent)
        if number > 1:
            db.execute("INSERT OR IGNORE INTO names VALUES (?, 1, ?)", (intent, features(f"name {intent}")))
        return features(f"name {intent}")

    for kind, intent, target, texts in EVENTS:
        taught = texts[0] if kind == "taught" else None
        row = {"kind": kind, "time": 1_700_000_000_000_000, "uid": 1000, "pid": 7, "intent": intent, "target": target,
               "text": taught, "encoder": 1 if taught else None, "features": features(taught) if taught else None}
        new = name(target if kind == "renamed" else intent if kind == "taught" else None)
        if number == 1:
            row["name_features"] = new
            row["encoder"] = 1 if taught or new else None
        event = db.execute(f"INSERT INTO events ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                           list(row.values())).lastrowid
        if kind == "trained_keeping_base":
            for text in texts:
                label = text.split()[0]
                column, value = ("is_name, ", (0,)) if number == 1 else ("", ())
                db.execute(f"INSERT INTO examples ({column}event, intent, text, encoder, features) "
                           f"VALUES ({'?, ' * len(value)}?, ?, ?, 1, ?)", (*value, event, label, text, features(text)))
            for label in sorted({text.split()[0] for text in texts}):
                known.discard(label)
                if number == 1:
                    db.execute("INSERT INTO examples (is_name, event, intent, text, encoder, features) "
                               "VALUES (1, ?, ?, ?, 1, ?)", (event, label, label, features(f"name {label}")))
                name(label)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {number}")
    db.commit()
    db.execute("VACUUM")
    db.close()


for number in (1, 2, 3, 4, 5, 6, 7):
    make(number)
