using Workerd = import "/workerd/workerd.capnp";

# The runtime of Cloudflare's workers with one worker, server.js. Storage is in
# memory: nothing is kept.
const config :Workerd.Config = (
  services = [(name = "relay", worker = .relay)],
  sockets = [(name = "http", http = (), service = "relay")],
);

const relay :Workerd.Worker = (
  modules = [
    (name = "server", esModule = embed "server.js"),
    (name = "partyserver", esModule = embed "node_modules/partyserver/dist/index.js"),
    (name = "nanoid", esModule = embed "node_modules/nanoid/index.browser.js"),
    (name = "url-alphabet/index.js", esModule = embed "node_modules/nanoid/url-alphabet/index.js"),
  ],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "Relay", durableObjectNamespace = "Relay")],
  durableObjectNamespaces = [(className = "Relay", uniqueKey = "relay", enableSql = true)],
  durableObjectStorage = (inMemory = void),
);
