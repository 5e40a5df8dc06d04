import init, { hydrate } from "./app.js";
await init({ module_or_path: new URL("app.wasm", import.meta.url) });
hydrate();
document.documentElement.dataset.hydrated = "";
