// Counts down to when an email can be sent again, and goes on once the link was opened on another device.
const time = document.querySelector("time[data-resend]");
const until = Date.parse(time?.dateTime);
const tick = () => {
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  time.textContent = seconds ? `in ${minutes}:${String(rest).padStart(2, "0")}` : "now";
  if (seconds) setTimeout(tick, 1000);
};
if (until) tick();

// This page leads on by itself when the server knows that this browser's link was used: ten minutes, every five seconds, in sight.
const lastAsk = Date.now() + 600_000;
const ask = async () => {
  if (document.visibilityState === "visible") {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.type === "opaqueredirect") return location.reload();
  }
  if (Date.now() < lastAsk) setTimeout(ask, 5_000);
};
if (time) setTimeout(ask, 5_000);
