// A browser without pages: requests as they are, and a cookie jar.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { sandbox } from "../servers.mjs";

/** Sends a request; does not follow redirects. The certificate of a test is its own authority. */
export function send(url, { method = "GET", headers = {}, body } = {}) {
  const { protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    // Latchkey answers within 40 seconds.
    const options = { method, headers, rejectUnauthorized: false, agent: false, timeout: 60_000 };
    const request = (protocol === "https:" ? httpsRequest : httpRequest)(url, options, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url}`)));
    request.end(body);
  });
}

export class Visitor {
  cookies = new Map();

  /** `origin` is where requests go; `site` is the origin that Latchkey knows itself by. */
  constructor(origin, site = origin) {
    this.origin = origin;
    this.site = site;
  }

  async request(path, { headers = {}, ...options } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await send(this.origin + path, { ...options, headers: { ...(cookie && { cookie }), ...headers } });
    for (const line of response.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Signs in at the mock of Google as a person of the sandbox, and returns the path that it ends at. */
  async signIn(person, returnTo = "/dashboard") {
    const start = await this.request(`/auth/google?return_to=${encodeURIComponent(returnTo)}`);
    const [endpoint, query] = start.headers.location.split("?");
    const consent = await send(`${endpoint}/consent?${query}`, {
      method: "POST",
      headers: { origin: sandbox.origin, "content-type": "application/x-www-form-urlencoded" },
      body: `person=${person}&decision=allow`,
    });
    const callback = await this.request(consent.headers.location.slice(this.site.length));
    return callback.headers.location;
  }
}
