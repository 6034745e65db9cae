"""What to do about a file that screening has something to say of: words that several codes share, Dutch and English."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

AS_DOCUMENT: _Pair = (
    "Geef de kennis als document, zoals pdf. Het bestand blijft op de stick staan.",
    "Give the knowledge as a document, such as PDF. The file stays on the stick.",
)
ARCHIVIST: _Pair = (
    "Niets nu: het is veilig ingenomen, en een archivaris beslist of het verder gaat.",
    "Nothing now: it was taken in safely, and an archivist decides whether it goes on.",
)
WITHOUT_MACROS: _Pair = (
    "Bewaar het zonder macro's, als .docx, .xlsx, .odt of pdf, en zet dat ernaast; anders beslist een archivaris.",
    "Save it without macros, as .docx, .xlsx, .odt or PDF, and put that beside it; else an archivist decides.",
)
AS_PDF: _Pair = (
    "Zet er een gewone pdf naast (afdrukken naar pdf); anders beslist een archivaris.",
    "Put a plain PDF beside it (print to PDF); else an archivist decides.",
)
COPY_ITSELF: _Pair = (
    "Kopieer het document zelf naar de stick; dat staat nog op de computer waar dit vandaan komt.",
    "Copy the document itself to the stick; it is still on the computer that this comes from.",
)
DOWNLOAD: _Pair = (
    "Open het thuis, kies downloaden of opslaan als pdf of docx, en zet dat bestand op de stick.",
    "Open it at home, choose to download or save it as PDF or docx, and put that file on the stick.",
)
COPY_AGAIN: _Pair = (
    "Kopieer het opnieuw en haal de stick er pas uit als hij klaar is; probeer of het nog opengaat.",
    "Copy it again, and take the stick out only when it is done; try whether it still opens.",
)
NAME: _Pair = (
    "Niets: het is ingenomen zoals het heet. Een gewone naam (letters, cijfers, streepjes) gaat overal open.",
    "Nothing: it was taken in as it is called. A plain name (letters, digits, hyphens) opens everywhere.",
)
NOTHING: _Pair = ("Niets: het is ingenomen.", "Nothing: it was taken in.")
