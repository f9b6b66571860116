// Shows how each service is, and asks again every few seconds while somebody looks.
"use strict";

const PERIOD_MS = 5000;
const ANSWER_TIMEOUT_MS = 4000;

const SERVICES = [
  { name: "auth", title: "Sign-in", about: "Tokens, sessions and signing keys" },
  { name: "users", title: "Users", about: "People, roles and the audit trail" },
  { name: "credentials", title: "Credentials", about: "Encrypted secrets of the machines" },
  { name: "targets", title: "Targets", about: "Machines and how to reach them" },
  { name: "jobs", title: "Jobs", about: "What runs, when, and the outcome" },
  { name: "executor", title: "Executor", about: "Runs the steps on the machines" },
  { name: "port-manager", title: "Ports", about: "Who has which port, and what is wrong" },
];

const WORDS = {
  healthy: "healthy",
  unhealthy: "cannot work",
  unavailable: "not reachable",
};

/** Builds a service's card and gives back what changes on it. */
function addCard(service) {
  const card = document.getElementById("service").content.cloneNode(true).firstElementChild;
  card.querySelector("h3").textContent = service.title;
  card.querySelector(".about").textContent = service.about;
  const link = card.querySelector("a");
  link.href = `/docs/${service.name}/`;
  link.setAttribute("aria-label", `API of ${service.title}`);
  document.getElementById("services").append(card);
  return { card, word: card.querySelector(".word"), time: card.querySelector(".time") };
}

/** Asks one service; a service that gives no readable answer is unavailable. */
async function ask(name) {
  const started = performance.now();
  try {
    const answer = await fetch(`/${name}/health`, {
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const health = await answer.json();
    const healthy = answer.ok && health.status === "healthy";
    const known = typeof health.service === "string";
    const state = healthy ? "healthy" : known ? "unhealthy" : "unavailable";
    return { state, ms: Math.round(performance.now() - started) };
  } catch {
    return { state: "unavailable", ms: null };
  }
}

function showCard(parts, { state, ms }) {
  parts.card.dataset.state = state === "healthy" ? "healthy" : "unhealthy";
  parts.word.textContent = WORDS[state];
  parts.time.textContent = state === "healthy" ? `${ms} ms` : "";
}

function setText(id, text) {
  const element = document.getElementById(id);
  // An unchanged text is not announced again to those who listen.
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function showSummary(answers) {
  const down = SERVICES.filter((_, i) => answers[i].state !== "healthy");
  const summary = document.getElementById("summary");
  summary.dataset.state = down.length === 0 ? "healthy" : "unhealthy";
  if (down.length === 0) {
    setText("headline", "Everything works");
    setText("detail", `All ${SERVICES.length} services are healthy.`);
  } else if (down.length === SERVICES.length) {
    setText("headline", "No service can be reached");
    setText("detail", "scripts/status on the server says what runs; scripts/logs NAME says why.");
  } else if (down.length === 1) {
    setText("headline", `${down[0].title} needs attention`);
    setText("detail", `scripts/logs ${down[0].name} on the server says why.`);
  } else {
    setText("headline", `${down.length} services need attention`);
    const names = down.map((service) => service.name).join(", ");
    setText("detail", `scripts/logs NAME on the server says why, for ${names}.`);
  }
}

const cards = SERVICES.map(addCard);
let timer = null;

async function round() {
  const answers = await Promise.all(SERVICES.map((service) => ask(service.name)));
  answers.forEach((answer, i) => showCard(cards[i], answer));
  showSummary(answers);
  timer = document.hidden ? null : setTimeout(round, PERIOD_MS);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && timer === null) {
    timer = setTimeout(round, 0);
  }
});

round();
