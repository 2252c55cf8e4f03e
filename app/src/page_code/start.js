{
  const { code, wasm, when, ahead } = document.currentScript.dataset;
  // What the next page needs at once comes before what this one is drawn with. Reading it all puts it into the browser's cache.
  const load = (file) => fetch(file, { priority: "low" }).then((answer) => answer.arrayBuffer());
  let loaded;
  const loadAhead = () => {
    loaded ??= Promise.allSettled(ahead && !navigator.connection?.saveData ? ahead.split(" ").map(load) : []);
    return loaded;
  };
  let started;
  const start = () => {
    started ??= loadAhead().then(async () => {
      const { default: initialize, hydrate } = await import(code);
      await initialize({ module_or_path: wasm });
      hydrate();
    });
  };
  const { settled } = window.heartogetherHeadStart ?? {};
  if (when === "now") start();
  else if (when === "heard") Promise.resolve(settled).then(start);
  else {
    // Pointing, pressing and typing come before what they are meant for.
    const signs = ["pointerover", "pointerdown", "keydown", "focusin"];
    signs.forEach((sign) => addEventListener(sign, start, { once: true, capture: true, passive: true }));
    // Safari does not tell when it is idle.
    const idle = () => {
      loadAhead();
      window.requestIdleCallback ? requestIdleCallback(start, { timeout: 2000 }) : setTimeout(start, 200);
    };
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle);
  }
}
