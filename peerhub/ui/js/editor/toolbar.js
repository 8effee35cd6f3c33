// One stop for the Tab key; arrows, Home and End walk the tools. The caret stays in the text when one clicks.
export function furnish(bar, act) {
  const stops = () => [...bar.querySelectorAll("button")].filter((button) => !button.disabled && button.checkVisibility());
  const enter = (button) => {
    for (const one of bar.querySelectorAll("button")) one.tabIndex = one === button ? 0 : -1;
  };
  enter(bar.querySelector("button"));
  bar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  bar.addEventListener("focusin", (event) => {
    enter(event.target);
    event.target.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  });
  bar.addEventListener("keydown", (event) => {
    const all = stops();
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button.dataset.act, button);
  });
}

// `states`: { bold: true, undo: null } = pressed, unpressed or (null) impossible now.
export function show(bar, states) {
  for (const button of bar.querySelectorAll("[data-act]")) {
    const state = states[button.dataset.act];
    if (state === undefined) continue;
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(state === true));
    // Not `disabled`: a tool that one has just used keeps the focus.
    button.toggleAttribute("aria-disabled", false);
    if (state === null) button.setAttribute("aria-disabled", "true");
  }
}
