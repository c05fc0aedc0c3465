"""What axe-core finds wrong with a page: WCAG 2.0, 2.1 and 2.2, level A and AA."""

from importlib.resources import files

from playwright.async_api import Page

from tests.web.hands import faint, fine_print, small

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
THEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async (rules) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
  const said = (v, n) => `${v.id}: ${n.target.join(" ")} (${n.any[0]?.message ?? v.help})`;
  return found.violations.flatMap((v) => v.nodes.map((n) => said(v, n)));
}"""


async def violations(page: Page) -> list[str]:
    """Every place on the page as it stands that breaks a rule; nothing moves meanwhile."""
    await page.evaluate(f"window.axe ?? (() => {{ {AXE}\n }})()")
    found: list[str] = await page.evaluate(LOOK, RULES)
    return found


class Eye:
    """Looks at a page in both themes and keeps what is wrong with each step."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: dict[str, list[str]] = {}

    async def look(self, step: str, *, till: bool = True) -> None:
        for theme in THEMES:
            await self.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            found = await violations(self.page) + await faint(self.page)
            if till:
                found += [f"small: {each}" for each in await small(self.page)]
                found += [f"fine print: {each}" for each in await fine_print(self.page)]
            if found:
                self.wrong[f"{step}, {theme}"] = found
