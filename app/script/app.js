// Starts what makes the pages smoother where the browser runs script. Everything works without it.
import "./elements.js";
import "./overview.js";
import { start } from "./navigation.js";

start();
document.documentElement.dataset.script = "";
