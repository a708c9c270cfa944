"""The my-data form (P-52): asks for an e-mail address, a kind and words, and nothing else. Plain, in three languages.

It says the same to everybody, whether the address is known or not, and fetches nothing from elsewhere.
"""

from html import escape
from typing import Final

from signalling.privacy import wording
from signalling.privacy.notice import Controller
from signalling.privacy.requests import TEXT_AT_MOST, RequestKind
from signalling.privacy.wording import LANGUAGES, Words

TITLE: Final = Words("Dina uppgifter", "Opplysningene dine", "Your data")
LEAD: Final = Words(
    "Har du appen? Då ser, rättar och raderar du dina uppgifter där. Annars räcker din e-postadress här. "
    "Vi svarar inom en månad, till den adressen.",
    "Har du appen? Da ser, retter og sletter du opplysningene dine der. Ellers holder det med e-postadressen din her. "
    "Vi svarer innen en måned, til den adressen.",
    "Do you have the app? Then see, correct and erase your data there. Otherwise your e-mail address is enough here. "
    "We answer within a month, to that address.",
)
EMAIL: Final = Words("E-post", "E-post", "E-mail")
KIND: Final = Words("Vad vill du?", "Hva vil du?", "What do you want?")
TEXT: Final = Words("Något mer (valfritt)", "Noe mer (valgfritt)", "Anything more (optional)")
SEND: Final = Words("Skicka", "Send", "Send")
TAKEN: Final = Words("Tack. Du får svar senast ", "Takk. Du får svar senest ", "Thank you. You will have an answer by ")
LATER: Final = Words(
    "Det gick inte just nu. Försök igen senare, eller skriv till {contact}.",
    "Det gikk ikke akkurat nå. Prøv igjen senere, eller skriv til {contact}.",
    "It didn’t work just now. Try again later, or write to {contact}.",
)
WITHOUT: Final = Words(
    "Formuläret behöver JavaScript. Skriv annars till {contact}.",
    "Skjemaet trenger JavaScript. Skriv ellers til {contact}.",
    "The form needs JavaScript. Otherwise write to {contact}.",
)
KINDS: Final = {
    RequestKind.ACCESS: Words("Se vad som sparas om mig", "Se hva som lagres om meg", "See what is stored about me"),
    RequestKind.RECTIFICATION: Words("Rätta något", "Rette noe", "Correct something"),
    RequestKind.ERASURE: Words("Radera mina uppgifter", "Slette opplysningene mine", "Erase my data"),
    RequestKind.RESTRICTION: Words("Begränsa användningen", "Begrense bruken", "Restrict how they are used"),
    RequestKind.OBJECTION: Words("Invända mot användningen", "Protestere mot bruken", "Object to how they are used"),
}


def page(controller: Controller) -> bytes:
    """The page as HTML; what the operator set is escaped."""
    links = " ".join(
        f'<a href="#{language}" lang="{language}">{getattr(wording.NAMES, language)}</a>' for language in LANGUAGES
    )
    forms = "\n".join(_form(language, controller) for language in LANGUAGES)
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="color-scheme" content="light dark">
  <meta name="referrer" content="no-referrer">
  <title>Närvaro · {escape(TITLE.en)}</title>
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/style.css">
  <link rel="stylesheet" href="/papers.css">
  <script type="module" src="/my-data.js"></script>
</head>
<body>
  <header class="bar">
    <a class="wordmark" href="/"><img src="/icon.svg" alt="" width="36" height="36">Närvaro</a>
  </header>
  <main class="page prose">
    <p class="tongues">{links}</p>
{forms}
  </main>
</body>
</html>
""".encode()


def _form(language: str, controller: Controller) -> str:
    def say(words: Words) -> str:
        text: str = getattr(words, language)
        return escape(text.format(contact=controller.contact))

    kinds = "".join(f'<option value="{kind.value}">{say(words)}</option>' for kind, words in KINDS.items())
    return f"""    <section lang="{language}" id="{language}">
      <h1>{say(TITLE)}</h1>
      <p>{say(LEAD)}</p>
      <noscript><p>{say(WITHOUT)}</p></noscript>
      <form method="post" action="/v1/my-data" data-taken="{say(TAKEN)}" data-later="{say(LATER)}">
        <p><label>{say(EMAIL)}<br>
          <input type="email" name="email" required maxlength="254" autocomplete="email"></label></p>
        <p><label>{say(KIND)}<br><select name="kind">{kinds}</select></label></p>
        <p><label>{say(TEXT)}<br>
          <textarea name="text" rows="4" cols="40" maxlength="{TEXT_AT_MOST}"></textarea></label></p>
        <p><button class="button primary">{say(SEND)}</button></p>
        <p role="status"></p>
      </form>
      <p><a href="/privacy#{language}">{say(wording.TITLE)}</a></p>
    </section>"""
