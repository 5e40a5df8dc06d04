// Starts the console on this server's own document. Nothing is stored, and nothing is sent elsewhere.
SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#console",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tagsSorter: "alpha",
  validatorUrl: null,
  persistAuthorization: false,
});
