// The form of a sitting: the limit follows the blueprint, gaps of the bank are told at once; a short window
// and a cohort without a trainer are named.

const form = document.querySelector("[data-sitting-form]");
const blueprint = form?.elements.blueprint;

if (blueprint) {
  const minutesOf = JSON.parse(form.querySelector("[data-minutes]").textContent);
  const { cohort, minutes, opens_at: opens, closes_at: closes } = form.elements;
  const gaps = form.querySelector("[data-gap-list]");
  let newest = 0;

  const showUsualMinutes = () => (minutes.placeholder = minutesOf[blueprint.value] ?? "");

  const checkWindow = () => {
    const window = (new Date(closes.value) - new Date(opens.value)) / 60000;
    const limit = Number(minutes.value || minutesOf[blueprint.value]);
    form.querySelector("[data-short-window]").hidden = !(window > 0 && window < limit);
  };

  const showGaps = async () => {
    const mine = ++newest;
    const reply = await fetch(`${form.dataset.gaps}?blueprint=${blueprint.value}`, { headers: { Accept: "application/json" } });
    if (!reply.ok || mine !== newest) return;
    const found = (await reply.json()).gaps;
    gaps.replaceChildren(
      ...found.map(({ blocked, text }) => {
        const line = document.createElement("p");
        line.className = `notice notice-${blocked ? "error" : "warning"}`;
        line.textContent = text;
        return line;
      }),
    );
    gaps.hidden = !found.length;
  };

  const untrained = form.querySelector("[data-untrained]");
  const nobodysResults = JSON.parse(untrained.dataset.untrained);
  const showUntrained = () => (untrained.hidden = !nobodysResults.includes(Number(cohort.value)));

  blueprint.addEventListener("change", () => {
    showUsualMinutes();
    checkWindow();
    showGaps();
  });
  for (const control of [minutes, opens, closes]) control.addEventListener("input", checkWindow);
  cohort.addEventListener("change", showUntrained);
  showUsualMinutes();
  checkWindow();
  showUntrained();
  if (blueprint.value) showGaps();
}
