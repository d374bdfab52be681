"""PDF files of a line a page, also encrypted, for tests of what reads them."""
import hashlib
import struct

# ISO 32000-1, 7.6.3.3
PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    s = list(range(256)); j = 0
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256; s[i], s[j] = s[j], s[i]
    out = bytearray(); i = j = 0
    for byte in data:
        i = (i + 1) % 256; j = (j + s[i]) % 256; s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


def pdf(pages, password=None):
    """A PDF of a line of text a page; with a password, encrypted as PDF 1.1 does (40-bit RC4, ISO 32000-1, 7.6.3)."""
    identifier = b"0123456789abcdef"
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
    kids = []
    streams = {}
    for index, text in enumerate(pages):
        page, content = 4 + 2 * index, 5 + 2 * index
        kids.append(b"%d 0 R" % page)
        objects[page] = (b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
                         b"/Resources << /Font << /F1 3 0 R >> >> >>" % content)
        streams[content] = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text.encode() if text else b""
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    trailer = b""
    if password is not None:
        padded = (password.encode() + PAD)[:32]
        owner = rc4(hashlib.md5(padded).digest()[:5], padded)
        rights = struct.pack("<i", -4)
        key = hashlib.md5(padded + owner + rights + identifier).digest()[:5]
        last = max([*objects, *streams]) + 1
        objects[last] = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (
            owner.hex().encode(), rc4(key, PAD).hex().encode())
        trailer = b" /Encrypt %d 0 R /ID [<%s> <%s>]" % (last, identifier.hex().encode(), identifier.hex().encode())
        streams = {number: rc4(hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10], content)
                   for number, content in streams.items()}
    for number, content in streams.items():
        objects[number] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    file, offsets = b"%PDF-1.4\n", []
    for number in sorted(objects):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return file + (b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, trailer, len(file)))
