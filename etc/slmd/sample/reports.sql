-- The records that the sample's tasks ask: reports.db is made from this by etc/slmd/sample/make.
CREATE TABLE reports (
    type TEXT NOT NULL,
    day TEXT NOT NULL,
    hemoglobin TEXT
);
INSERT INTO reports VALUES ('blood_test', '2026-01-08', '13.4 g/dL');
