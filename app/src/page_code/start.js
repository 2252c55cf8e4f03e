{
  const { code, wasm, when } = document.currentScript.dataset;
  let started;
  const start = () => {
    started ??= import(code).then(async (code) => {
      await code.default({ module_or_path: wasm });
      code.hydrate();
    });
  };
  if (when === "now") start();
  else {
    // Pointing, pressing and typing come before what they are meant for.
    const signs = ["pointerover", "pointerdown", "keydown", "focusin"];
    signs.forEach((sign) => addEventListener(sign, start, { once: true, capture: true, passive: true }));
    // Safari does not tell when it is idle.
    const idle = () => (window.requestIdleCallback ? requestIdleCallback(start, { timeout: 2000 }) : setTimeout(start, 200));
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle);
  }
}
