/* The console's one script: keys, drawer, selection, confirmation. Pages work without it; it makes them quick.

   Every behaviour is asked for by an attribute in the page (see the names below), and every text is in the page. */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const announce = (name) => {
  const toast = $(`#toast-${name}`)?.content.firstElementChild.cloneNode(true);
  const toasts = $("#toasts");
  if (!toast || !toasts) return;
  toasts.replaceChildren(toast);
  toasts.showPopover?.(); // the top layer, so that it also shows over the drawer
  if (toast.dataset.brief !== undefined) setTimeout(() => toast.remove(), 2500);
};

/* Drawer: `a.drawer-link` opens its page in the drawer; a modal <dialog> keeps the focus inside and gives it back. */

const drawer = $("#drawer-frame");

async function openInDrawer(link) {
  drawer.classList.toggle("is-wide", link.dataset.drawer === "wide");
  await htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#drawer", swap: "innerHTML" });
}

function drawerFilled() {
  if (!drawer.open) drawer.showModal();
  const wrong = $("#drawer [aria-invalid=true]");
  const field = $("#drawer [autofocus]") ?? $("#drawer :is(input:not([type=hidden]), select, textarea)");
  (wrong ?? field ?? $("#drawer .drawer-body"))?.focus();
}

function closeDrawer() {
  if (drawer.open) drawer.close();
}

drawer?.addEventListener("close", () => $("#drawer").replaceChildren());

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, serverResponse } = event.detail;
  if (target.id === "drawer" && /<html[\s>]/i.test(serverResponse)) {
    event.detail.shouldSwap = false; // a whole page (signed out, or not made for the drawer): go there
    location.assign(xhr.responseURL);
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "drawer" && event.detail.target.childElementCount) drawerFilled();
});
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const askAt = status === 401 && event.detail.xhr.getResponseHeader("X-Sign-In");
  if (askAt) askOver(askAt, event.detail.elt);
  else if (!/"signed-in"/.test(event.detail.xhr.getResponseHeader("HX-Trigger"))) announce(status === 403 || status === 404 ? "gone" : "failed");
});
document.addEventListener("htmx:sendError", () => announce("offline"));

/* Signing in over the page: the session ended, or the step asks for a fresh code. The page and what was typed stay. */

const signIn = $("#sign-in-again");
let asking = null;

async function askOver(where, element) {
  if (!signIn || signIn.open) return;
  asking = element;
  await htmx.ajax("GET", where, { source: "#sign-in-form", target: "#sign-in-form", swap: "innerHTML" });
  if (!$("form", signIn)) return;
  signIn.showModal();
  $("input:not([type=hidden])", signIn)?.focus();
}

document.addEventListener("signed-in", ({ detail: { token } }) => {
  $$("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  const link = signIn?.open && asking?.matches("a.drawer-link") ? asking : null;
  signIn?.close();
  if (link) openInDrawer(link);
  else announce("signed-in");
});
signIn?.addEventListener("close", () => $("#sign-in-form").replaceChildren());

/* Clicks: one listener for links into the drawer, closing, copying and dismissing. */

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const act = event.target.closest("a.drawer-link, [data-close-drawer], [data-close], [data-copy], [data-dismiss]");
  if (!act || !plain) {
    if (event.target === drawer) closeDrawer();
    return;
  }
  if (act.matches("a.drawer-link")) {
    if (!drawer || !window.htmx) return;
    event.preventDefault();
    openInDrawer(act);
  } else if (act.dataset.closeDrawer !== undefined) {
    if (!drawer?.open) return;
    event.preventDefault();
    closeDrawer();
  } else if (act.dataset.close !== undefined) {
    act.closest("dialog").close();
  } else if (act.dataset.copy !== undefined) {
    navigator.clipboard?.writeText(act.dataset.copy).then(() => announce("copied"));
  } else {
    act.closest(act.dataset.dismiss || ".notice").remove();
  }
});

/* Confirmation and double submits: `data-confirm="…"` on the form or on the button that sends it. */

const RELEASE_MS = 15_000;
let confirmed = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && confirmed !== form) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question, () => {
      confirmed = form;
      form.requestSubmit(event.submitter);
      confirmed = null;
    });
  } else if (form.method === "post" && form.dataset.sending !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (form.method === "post") {
    form.dataset.sending = "";
    setTimeout(() => sending(form, true));
    setTimeout(() => sending(form, false), RELEASE_MS); // the answer was a download, or never came
  }
}, true);

function ask(question, onYes) {
  const dialog = $("#confirm");
  $("#confirm-question").textContent = question;
  dialog.onclose = () => dialog.returnValue === "yes" && onYes();
  dialog.returnValue = "";
  dialog.showModal();
}

function sending(form, busy) {
  if (!busy) delete form.dataset.sending;
  $$("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-disabled", busy));
}

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) sending(form, false);
});
window.addEventListener("pageshow", () => $$("form[data-sending]").forEach((form) => sending(form, false)));

/* Selection: a `form[data-bulk]` holds rows with `input[name=selected]` and a `.bulk-bar`. */

function countSelected(form) {
  const boxes = $$("input[name=selected]", form);
  const picked = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-selected", box.checked));
  $$("[data-bulk-count]", form).forEach((place) => { place.textContent = picked.length; });
  $$(".bulk-bar", form).forEach((bar) => { bar.hidden = picked.length === 0; });
  const all = $("[data-select-all]", form);
  if (all) {
    all.checked = boxes.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (form && event.target.matches("[data-select-all]")) {
    $$("input[name=selected]:not(:disabled)", form).forEach((box) => { box.checked = event.target.checked; });
  }
  if (form) countSelected(form);
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

/* A choice with `data-fills` fills fields that nobody has typed in, and says in `[data-said]` what comes next. */

document.addEventListener("change", ({ target }) => {
  if (!target.form || target.dataset.fills === undefined) return delete target.dataset?.filled;
  const form = target.form;
  $$("[data-filled]", form).forEach((field) => {
    field.type === "checkbox" ? (field.checked = false) : (field.value = "");
    delete field.dataset.filled;
  });
  for (const [name, value] of Object.entries(JSON.parse(target.dataset.fills))) {
    const field = form.elements[name];
    if (!field || !value || field.checked || (field.type !== "checkbox" && field.value)) continue;
    field.type === "checkbox" ? (field.checked = value) : (field.value = value);
    field.dataset.filled = "";
  }
  const said = $("[data-said]", form);
  if (said) said.textContent = target.dataset.says;
});

/* A file larger than `data-bytes-max` is refused before it is sent, in the words of `data-too-large`. */

document.addEventListener("change", ({ target }) => {
  if (!target.dataset.bytesMax) return;
  target.setCustomValidity(target.files[0]?.size > Number(target.dataset.bytesMax) ? target.dataset.tooLarge : "");
  target.reportValidity();
});

const countAll = () => $$("form[data-bulk]").forEach(countSelected);
document.addEventListener("htmx:load", countAll);
window.addEventListener("pageshow", countAll);

/* Keys. Single letters can be switched off in the dialog that `?` opens (WCAG 2.1.4). */

const KEYS_OFF = "console.keys-off";
const keysOff = () => localStorage.getItem(KEYS_OFF) === "1";
let going = 0;

function inRows(step) {
  const rows = $$("[data-rows] tbody tr").filter((row) => visible(row) && grip(row));
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[here + step];
  if (next) grip(next).focus();
  next?.scrollIntoView({ block: "nearest" });
}

const grip = (row) => $("[data-row-link], a[href], input[name=selected]", row);

function toggleRow() {
  const box = $("input[name=selected]:not(:disabled)", document.activeElement.closest("[data-rows] tr") ?? document.head);
  box?.click();
  return Boolean(box);
}

function press(key, root) {
  const row = document.activeElement.closest("[data-rows] tr"); // a key that every row has means the row in focus
  const places = row && root.contains(row) ? [row, root] : [root];
  const target = places.flatMap((place) => $$(`[data-key="${CSS.escape(key)}"]`, place))
    .find((element) => visible(element) && !element.disabled);
  if (target?.matches("input, select, textarea")) target.focus();
  else target?.click();
  return Boolean(target);
}

function go(key) {
  const link = $(`.rail a[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function showKeys() {
  const list = $("#keys-here");
  const named = new Set();
  const first = (element) => visible(element) && !named.has(element.dataset.key) && named.add(element.dataset.key);
  const rows = $$("[data-key]").filter(first).map((element) => {
    const words = element.cloneNode(true);
    $$("kbd", words).forEach((kbd) => kbd.remove());
    return [element.dataset.key, element.getAttribute("aria-label") ?? element.dataset.keyLabel ?? words.textContent.trim()];
  });
  list.replaceChildren(...rows.flatMap(([key, name]) => {
    const [term, what] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    what.textContent = name;
    return [term, what];
  }));
  $("#keys-here-title").hidden = rows.length === 0;
  $("#keys-off").checked = keysOff();
  $("#keys").showModal();
}

$("#keys-off")?.addEventListener("change", (event) => localStorage.setItem(KEYS_OFF, event.target.checked ? "1" : "0"));

function handled(key) {
  if (Date.now() < going) {
    going = 0;
    return go(key);
  }
  switch (key) {
    case "?": if ($("#keys")) showKeys(); return true;
    case "/": $("#search")?.select(); return Boolean($("#search"));
    case "g": going = Date.now() + 1200; return true;
    case "j": inRows(1); return true;
    case "k": inRows(-1); return true;
    case "x":
    case " ": return toggleRow() || (key === "x" && press(key, document));
    default: return press(key, document);
  }
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey && key === "Enter" && target.form) target.form.requestSubmit();
  const typing = target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing || key.length !== 1 || (keysOff() && key !== "?")) return;
  if (key === " " && !target.matches("[data-rows] a, [data-rows] tr")) return;
  const dialog = $("dialog:modal");
  if (dialog ? press(key, dialog) : handled(key)) event.preventDefault();
});
