// The server writes times in the browser's zone, from the next page on.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const isSecure = location.protocol === "https:";
const zone = `${isSecure ? "__Host-" : ""}zone=${timeZone}`;
if (timeZone && !document.cookie.split("; ").includes(zone)) {
  document.cookie = `${zone}; Path=/; Max-Age=31536000; SameSite=Lax${isSecure ? "; Secure" : ""}`;
}

const { glue: gluePath, module } = document.getElementById("boot").dataset;
// Both at once.
const compiled = fetch(module);
const glue = await import(gluePath);
await glue.default({ module_or_path: compiled });
glue.hydrate();
// In document order, so that an island comes before the islands among its children; those run under its owner.
for (const island of document.querySelectorAll("leptos-island")) {
  const wake = glue[island.dataset.component];
  if (!wake) console.warn(`No code for the island ${island.dataset.component}`);
  island.closest("leptos-children")?.$$on_hydrate?.();
  await wake?.(island);
}
document.documentElement.dataset.hydrated = "true";
