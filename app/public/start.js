import init, { hydrate } from "/pkg/app.js";
await init({ module_or_path: "/pkg/app.wasm" });
hydrate();
document.documentElement.dataset.hydrated = "";
