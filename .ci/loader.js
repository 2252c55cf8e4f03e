// Loads pieces of the WebAssembly, and tells the code that called for them.
import { initSync } from "./main.js";

let imports;
// The main file's memory, table and globals, which all pieces share. It runs by the time that anything is called for.
const ofMain = () => {
  if (!imports) {
    const main = initSync();
    imports = { main, __wasm_split: main };
  }
  return imports;
};

// A piece with those before it; all are fetched at the same time. A failure is not kept: who calls again tries again.
const piece = (address, before) => {
  let loading;
  const load = async () => {
    const answer = fetch(new URL(address, import.meta.url));
    answer.catch(() => {});
    await Promise.all(before.map((load) => load()));
    await WebAssembly.instantiateStreaming(answer, ofMain());
  };
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
};

const reported = (load) => async (callback, data) => {
  const isThere = await load().then(
    () => true,
    (error) => (console.error(error), false),
  );
  ofMain().main.__indirect_function_table.get(callback)(data, isThere);
};
