// Opens one page in Chromium and prints, as JSON, what a person with it would see.
// Usage: look.mjs FOLDER PAGE OUT [VIEW...]. FOLDER is where install.py has put Chromium and the
// packages; without a view it is looked at in all of them.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, page, out] = process.argv.slice(2, 5).map((name) => resolve(name));
const wanted = process.argv.slice(5);
const need = createRequire(join(folder, "package.json"));
const { chromium } = need("playwright-core");
const axe = readFileSync(need.resolve("axe-core/axe.min.js"), "utf-8");
const VIEWS = [
  { name: "wide", width: 1280, height: 1000, colour: "light" },
  { name: "wide-dark", width: 1280, height: 1000, colour: "dark" },
  { name: "tablet", width: 820, height: 1100, colour: "light" },
  { name: "phone", width: 400, height: 850, colour: "light" },
  { name: "phone-dark", width: 400, height: 850, colour: "dark" },
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
  executablePath: join(folder, "browser", "chromium"),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-zygote"],
  env: {
    ...process.env,
    LD_LIBRARY_PATH: join(folder, "browser", "lib"),
    FONTCONFIG_FILE: join(folder, "browser", "fonts.conf"),
  },
});

// What sticks out of the window, and text of which a part cannot be seen and no title tells it.
function faultsOfForm() {
  const root = document.documentElement;
  const faults = [];
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) faults.push(`scrolls sideways by ${wide} px`);
  for (const element of document.querySelectorAll("main *")) {
    if (!element.textContent.trim() || element.closest("svg, thead, .skip")) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!box.width || style.visibility === "hidden") continue;
    const words = element.textContent.trim().slice(0, 40);
    if (box.right > root.clientWidth + 1) faults.push(`${element.tagName} sticks out: ${words}`);
    const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
    const isCut =
      element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    if (hides && isCut && !element.title) faults.push(`${element.tagName} is cut: ${words}`);
  }
  return [...new Set(faults)];
}

async function violations(tab) {
  await tab.evaluate(axe);
  const found = await tab.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }),
    RULES,
  );
  return found.violations.map((rule) => ({
    rule: rule.id,
    help: rule.help,
    first: rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
  }));
}

// A busy machine may not have drawn the page in time; then it is asked again.
async function picture(tab, name) {
  for (let left = 5; ; left -= 1) {
    try {
      await tab.screenshot({ path: join(out, name) });
      return;
    } catch (error) {
      if (!left || !String(error).includes("Unable to capture screenshot")) throw error;
      await tab.waitForTimeout(500);
    }
  }
}

async function look(view) {
  const tab = await browser.newPage({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.colour,
    deviceScaleFactor: 1,
  });
  const asked = [];
  tab.on("request", (request) => asked.push(request.url()));
  await tab.goto(pathToFileURL(page).href);
  await picture(tab, `${view.name}.png`);
  for (const place of ["left-1", "coming"]) {
    const target = tab.locator(`#${place}`);
    if (!(await target.count())) continue;
    await target.evaluate((heading) => window.scrollTo(0, heading.getBoundingClientRect().top - 20));
    const short = place.replace("-1", "");
    await picture(tab, `${view.name}-${short}.png`);
    await tab.evaluate(() => window.scrollTo(0, 0));
  }
  const closed = await tab.evaluate(faultsOfForm);
  await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  const opened = await tab.evaluate(faultsOfForm);
  await tab.evaluate(() => {
    const first = document.querySelector("main details");
    window.scrollTo(0, first ? first.offsetTop - 60 : 0);
  });
  await picture(tab, `${view.name}-open.png`);
  const found = {
    ...view,
    closed,
    opened,
    violations: await violations(tab),
    background: await tab.evaluate(() => getComputedStyle(document.body).backgroundColor),
    asked: asked.filter((url) => !url.startsWith("file:")),
  };
  await tab.close();
  return found;
}

// With the keyboard alone: the first stop leads to the content, a summary opens and closes.
async function keyboard() {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  await tab.goto(pathToFileURL(page).href);
  await tab.keyboard.press("Tab");
  const first = await tab.evaluate(() => document.activeElement.className);
  const stops = [];
  for (let count = 0; count < 40; count += 1) {
    await tab.keyboard.press("Tab");
    stops.push(await tab.evaluate(() => document.activeElement.tagName));
    if (stops.at(-1) === "SUMMARY") break;
  }
  const isOpen = () => tab.evaluate(() => document.activeElement.parentElement.open);
  const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  const states = [await isOpen()];
  for (const key of ["Enter", "Space"]) {
    await tab.keyboard.press(key);
    states.push(await isOpen());
  }
  await tab.close();
  return { first, stops, states, outline };
}

async function print() {
  const tab = await browser.newPage();
  await tab.goto(pathToFileURL(page).href);
  const path = join(out, "run.pdf");
  await tab.pdf({ path, preferCSSPageSize: true, printBackground: true });
  await tab.close();
  const { getDocument } = await import(pathToFileURL(need.resolve("pdfjs-dist/legacy/build/pdf.mjs")));
  const pdf = await getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 }).promise;
  const pages = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const sheet = await pdf.getPage(number);
    const [, , width, height] = sheet.view;
    const items = (await sheet.getTextContent()).items.filter((item) => item.str.trim());
    const outside = items.filter((item) => item.transform[4] + item.width > width || item.transform[4] < 0);
    const text = items.map((item) => item.str).join(" ");
    pages.push({ width, height, text, outside: outside.map((item) => item.str) });
  }
  return pages;
}

const views = [];
for (const view of VIEWS) {
  if (!wanted.length || wanted.includes(view.name)) views.push(await look(view));
}
const report = { version: browser.version(), views, keyboard: await keyboard(), print: await print() };
await browser.close();
process.stdout.write(JSON.stringify(report));
