"""The tables of a catalogue. What was read out of documents is kept; everything else can be made from that again.

``found`` holds tokens alone, no text (``content=''``): to take a document out of it, one says what one put in. It
writes what is put in down every 16 MB rather than every 1 MB: fewer pieces to be merged, a quarter of its time.
"""

KEPT_VERSION, INDEX_VERSION = 2, 2
"""Go up whenever the tables that keep, or those that are made from them, change."""

KEPT = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE documents (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, told BLOB, kept BLOB, why TEXT, family TEXT,
    media_type TEXT, ending TEXT, audience TEXT, work BLOB, kin INTEGER);
CREATE INDEX documents_work ON documents (work);
CREATE INDEX documents_kin ON documents (kin);
CREATE TABLE unsettled (id INTEGER PRIMARY KEY);
CREATE TABLE texts (id INTEGER PRIMARY KEY, text BLOB, sketch BLOB);
CREATE TABLE givings (document INTEGER, host TEXT, stop TEXT, date TEXT, contribution TEXT);
CREATE INDEX givings_document ON givings (document);
CREATE INDEX givings_contribution ON givings (contribution);
CREATE INDEX givings_host ON givings (host, date);
CREATE TABLE cards (contribution TEXT, digest BLOB, time TEXT, card BLOB, PRIMARY KEY (contribution, digest))
    WITHOUT ROWID;
"""

COLUMNS = ("title", "keywords", "card", "path", "body", "other", "parts")
WEIGHTS = (8.0, 3.0, 1.0, 3.0, 1.0, 1.0, 0.4)
"""What a word counts for in each column; of a document in one language ``other`` is empty."""

INDEX = f"""
CREATE VIRTUAL TABLE found USING fts5({", ".join(COLUMNS)}, content='', tokenize='ascii');
INSERT INTO found (found, rank) VALUES ('hashsize', 16000000);
CREATE TABLE placed (id INTEGER PRIMARY KEY, parts TEXT, said INTEGER);
CREATE VIRTUAL TABLE told USING fts5vocab(found, col);
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE, token TEXT, parts TEXT, settled INTEGER);
CREATE INDEX words_token ON words (token);
CREATE INDEX words_unsettled ON words (settled) WHERE NOT settled;
CREATE TABLE mates (key TEXT, token TEXT, PRIMARY KEY (key, token)) WITHOUT ROWID;
CREATE VIRTUAL TABLE spelt USING fts5(word, content='words', content_rowid='id', tokenize='trigram', columnsize=0);
CREATE TABLE late (part TEXT, token TEXT, PRIMARY KEY (part, token)) WITHOUT ROWID;
CREATE TABLE bands (band INTEGER, document INTEGER, PRIMARY KEY (band, document)) WITHOUT ROWID;
CREATE TABLE topics (contribution TEXT PRIMARY KEY, words TEXT) WITHOUT ROWID;
"""
INDEX_TABLES = ("told", "found", "placed", "words", "mates", "spelt", "late", "bands", "topics")
