// Shows what the admin API says. Everything is put in as text, never as markup, and nothing here
// changes anything.
"use strict";

const rates = {};  // requests per second, by endpoint

async function ask(path) {
  const answer = await fetch(path, {headers: {"Accept": "application/json"}});
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail || answer.statusText);
  return body;
}

function cell(value, kind) {
  const td = document.createElement("td");
  if (value instanceof Node) td.append(value); else td.textContent = value ?? "";
  if (kind) td.className = kind;
  return td;
}

function fill(id, rows) {
  const trs = rows.map((cells) => {
    const tr = document.createElement("tr");
    tr.append(...cells);
    return tr;
  });
  document.getElementById(id).replaceChildren(...trs);
}

function traffic(weights) {
  const list = document.createElement("span");
  for (const [tag, weight] of Object.entries(weights)) {
    const bar = document.createElement("meter");
    bar.value = weight;
    list.append(bar, ` ${tag} ${(100 * weight).toFixed(1)} % `);
  }
  return list;
}

const ms = (us) => us === undefined ? "" : `${(us / 1000).toFixed(us < 10000 ? 2 : 0)} ms`;
const rate = (name) => rates[name] === undefined ? "" : rates[name].toFixed(1);
const short = (sha256) => (sha256 || "").slice(0, 12);

function showEndpoints(endpoints) {
  fill("endpoints", Object.entries(endpoints).map(([name, one]) => [
    cell(name), cell(one.route), cell(traffic(one.traffic)), cell(one.policy),
    cell(rate(name), "number"), cell(one.stats.requests, "number"),
    cell(one.stats.outcomes.failed + one.stats.outcomes.timeout, "number"),
    cell(ms(one.stats.latency_us.p50), "number"), cell(ms(one.stats.latency_us.p99), "number"),
  ]));
}

function showBackends(backends) {
  fill("backends", Object.entries(backends).map(([tag, one]) => [
    cell(tag), cell(`${one.plugin}/${one.handler}`),
    cell(one.error ? one.error.detail : one.state, one.error ? "bad" : ""),
    cell(one.stats?.replicas, "number"), cell(one.stats?.queued, "number"),
    cell(one.stats?.in_flight, "number"), cell(one.stats?.requests, "number"),
  ]));
}

function showPlugins(plugins) {
  fill("plugins", Object.entries(plugins).map(([name, one]) => [
    cell(name), cell(one.version),
    cell(one.error ? one.error.detail : short(one.sha256), one.error ? "bad" : ""),
    cell(one.running_sha256 && one.running_sha256 !== one.sha256
        ? `${short(one.running_sha256)} (the file differs)` : short(one.running_sha256)),
    cell(one.generations.map((g) => `${g.generation} ${g.state}`).join(", ")),
  ]));
}

function showState(status) {
  document.getElementById("version").textContent = status.version;
  const state = document.getElementById("state");
  state.className = status.ready ? "" : "bad";
  const up = Math.round(status.uptime_seconds);
  state.textContent = (status.ready ? "Ready" : `Not ready: ${status.causes.join("; ")}`) +
      `. Revision ${status.revision}, up for ${up} s` +
      (status.draining.length ? `, draining ${status.draining.join(", ")}` : "") + ".";
}

async function refresh() {
  try {
    const [status, endpoints, backends, plugins, history] = await Promise.all([
      ask("/v1/status"), ask("/v1/endpoints"), ask("/v1/backends"), ask("/v1/plugins"),
      ask("/v1/history?limit=10")]);
    showState(status);
    showEndpoints(endpoints.endpoints);
    showBackends(backends.backends);
    showPlugins(plugins.plugins);
    fill("history", history.revisions.map((one) => [
      cell(one.revision, "number"), cell(one.time), cell(one.author), cell(one.action)]));
  } catch (error) {
    const state = document.getElementById("state");
    state.className = "bad";
    state.textContent = `The host does not answer: ${error.message}`;
  }
}

const events = new EventSource("/v1/events");
events.addEventListener("rates", (event) => {
  for (const [name, one] of Object.entries(JSON.parse(event.data).endpoints)) {
    rates[name] = one.requests_per_second;
  }
});
for (const kind of ["revision", "operation", "backend"]) events.addEventListener(kind, refresh);
setInterval(refresh, 2000);
refresh();
