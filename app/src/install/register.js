// Registers the service worker, once the page has loaded and has had the time for its first sound. A browser that has none
// or wants none goes without.
{
  const AFTER_MS = 3000;
  const { serviceWorker } = navigator;
  const register = () => {
    const scope = `${document.documentElement.dataset.base ?? ""}/`;
    serviceWorker.register(`${scope}sw.js`, { scope }).catch(() => {});
  };
  const whenIdle = () => ("requestIdleCallback" in window ? requestIdleCallback(register) : register());
  // The worker asks which path the page shows, to lead to it.
  serviceWorker?.addEventListener("message", ({ ports: [port] }) => port?.postMessage(location.pathname));
  // A page that has one came by it.
  if (serviceWorker && !serviceWorker.controller) addEventListener("load", () => setTimeout(whenIdle, AFTER_MS));
}
