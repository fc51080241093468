(() => {
  "use strict";
  const table = document.getElementById("accounts");
  const rows = [...table.tBodies];
  const status = document.getElementById("n");
  const find = document.getElementById("q");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const off = new Set();
  let timer = 0;

  const number = (text) => {
    const found = text.replace(/,/g, "").replace("−", "-").match(/-?\d+(\.\d+)?/);
    if (!found) return null;
    const value = Number(found[0]);
    return text.startsWith("under") || text.startsWith("just under") ? value - 1e-6
      : text.startsWith("over") || text.startsWith("just over") ? value + 1e-6 : value;
  };

  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    rows.forEach((row, i) => {
      const seen = !off.has(row.className) && words.every((word) => texts[i].includes(word));
      row.hidden = !seen;
      n += seen;
    });
    status.textContent = n === rows.length ? "" : `${n.toLocaleString("en")} of ${rows.length.toLocaleString("en")} accounts`;
  };

  const wait = () => { clearTimeout(timer); timer = setTimeout(show, 120); };
  find.addEventListener("input", wait);
  find.parentElement.hidden = false;

  for (const item of document.querySelectorAll(".odr-states li")) {
    const button = document.createElement("button");
    const shown = item.firstElementChild;
    button.type = "button";
    button.className = shown.className;
    button.append(...shown.childNodes);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(pressed));
      const chosen = [...document.querySelectorAll(".odr-states button[aria-pressed=true]")]
        .map((other) => `odr-is-${other.parentElement.dataset.state}`);
      off.clear();
      if (chosen.length) rows.forEach((row) => chosen.includes(row.className) || off.add(row.className));
      show();
    });
    shown.replaceWith(button);
  }

  const first = (row) => row.rows[0].cells;
  const values = (row, column) => {
    const cells = column < 3 ? [first(row)[column]]
      : [...row.rows].map((line, i) => line.cells[i ? column - 3 : column]).filter(Boolean);
    return cells;
  };
  const texted = new Set([1, 3, 9]);
  const rank = new Map(rows.map((row, i) => [row, i]));
  const keyOf = (row, column) => {
    if (column === 0 || column === 2) return rank.get(row);
    const cells = values(row, column);
    if (texted.has(column)) return cells.length ? cells[0].textContent.toLowerCase() : "";
    const found = cells.map((cell) => cell.dataset.v !== undefined ? Number(cell.dataset.v) : number(cell.textContent))
      .filter((value) => value !== null);
    return found.length ? (column === 8 ? Math.min(...found) : Math.max(...found)) : null;
  };

  const sort = (head, column) => {
    const ascends = texted.has(column) || column === 0 || column === 2 || column === 8;
    const before = head.getAttribute("aria-sort");
    const up = before === "none" ? ascends : before !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keys = new Map(rows.map((row) => [row, keyOf(row, column)]));
    const order = [...rows].sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      if (x === y) return rank.get(a) - rank.get(b);
      if (x === null || x === "") return 1;
      if (y === null || y === "") return -1;
      return (x < y ? -1 : 1) * (up ? 1 : -1);
    });
    const all = document.createDocumentFragment();
    all.append(...order);
    table.append(all);
  };

  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", column === 0 ? "ascending" : "none");
    button.addEventListener("click", () => sort(head, column));
  });

  const details = document.querySelector(".odr-beside");
  if (details) {
    let open = false;
    addEventListener("beforeprint", () => { open = details.open; details.open = true; });
    addEventListener("afterprint", () => { details.open = open; });
  }
})();
