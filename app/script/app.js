// Starts what makes the pages smoother where the browser runs script. Everything works without it.
import "./elements.js";
import "./overview.js";
import { start } from "./navigation.js";

// Only the pages of proofs need it.
const loadProof = () => document.querySelector("verify-proof") && import("./proof.js");
document.addEventListener("page:shown", loadProof);
loadProof();

start();
document.documentElement.dataset.script = "";
