// A browser that is driven by plain WebDriver: a session of its driver, and what a visitor does on a page.

import { writeFileSync } from "node:fs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** How long a page may take, in ms. */
const PATIENCE = 15_000;

export class Browser {
  /** `driver` is the origin of a running driver, `capabilities` those of its browser. */
  static async open(driver, capabilities) {
    const { sessionId } = await call(driver, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    return new Browser(`${driver}/session/${sessionId}`);
  }

  constructor(session) {
    this.session = session;
  }

  command(method, path, body) {
    return call(this.session, method, path, body);
  }

  close() {
    return this.command("DELETE", "");
  }

  goto(url) {
    return this.command("POST", "/url", { url });
  }

  back() {
    return this.command("POST", "/back", {});
  }

  url() {
    return this.command("GET", "/url");
  }

  /** Opens the URL, which may lead nowhere, and deletes what its host has stored. */
  async deleteCookies(url) {
    await this.goto(url);
    await this.command("DELETE", "/cookie");
  }

  resize(width, height) {
    return this.command("POST", "/window/rect", { width, height });
  }

  /** The ids of the elements that an XPath finds. */
  async elements(xpath) {
    const found = await this.command("POST", "/elements", { using: "xpath", value: xpath });
    return found.map((element) => element[ELEMENT]);
  }

  async visible(xpath) {
    const visible = [];
    for (const id of await this.elements(xpath)) if (await this.command("GET", `/element/${id}/displayed`)) visible.push(id);
    return visible;
  }

  /** The first element that is visible. Waits for it. */
  element(xpath) {
    return this.until(`${xpath} is visible`, async () => (await this.visible(xpath))[0]);
  }

  /** Clicks the first visible element, once it can be clicked. */
  async click(xpath) {
    await this.until(`${xpath} can be clicked`, async () => {
      await this.command("POST", `/element/${await this.element(xpath)}/click`, {});
      return true;
    });
  }

  async fill(xpath, text) {
    const id = await this.element(xpath);
    await this.command("POST", `/element/${id}/clear`, {});
    await this.command("POST", `/element/${id}/value`, { text });
  }

  /** The computed roles of what is visible, as accessibility tools see them. */
  async roles(xpath) {
    const roles = [];
    for (const id of await this.visible(xpath)) roles.push(await this.command("GET", `/element/${id}/computedrole`));
    return roles;
  }

  /** Waits until the page's URL passes `test`. */
  async untilUrl(description, test) {
    await this.until(`the URL is ${description}`, async () => test(new URL(await this.url())) || undefined);
  }

  /** Waits until `look` returns something. A page that goes away while one looks at it is looked at again. */
  async until(description, look) {
    const deadline = Date.now() + PATIENCE;
    let last;
    while (Date.now() < deadline) {
      const found = await look().catch((error) => void (last = error));
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`in vain: ${description}, at ${await this.url()}${last ? ` (${last.message})` : ""}`);
  }

  async screenshot(path) {
    writeFileSync(path, Buffer.from(await this.command("GET", "/screenshot"), "base64"));
  }
}

async function call(origin, method, path, body) {
  const response = await fetch(origin + path, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message.split("\n")[0]}`);
  return value;
}
