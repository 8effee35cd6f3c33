// One textarea and one shared text. What is typed becomes the smallest insertion or deletion; what comes from elsewhere
// is put in without moving the caret, the selection or the view.
const UNWANTED = /[\0\r]/g;
const isHigh = (unit) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit) => unit >= 0xdc00 && unit < 0xe000;

export class Binding {
  constructor(field, text) {
    this.field = field;
    this.text = text;
    this.shown = text.toString();
    this.heard = [
      ["input", () => !this.isComposing && this.take()],
      // A word that a keyboard is still composing must not be touched: what comes meanwhile waits for it.
      ["compositionstart", () => (this.isComposing = true)],
      ["compositionend", () => { this.isComposing = false; this.take(); this.onComposed?.(); }],
    ];
    for (const [name, listener] of this.heard) field.addEventListener(name, listener);
    this.observer = (event, transaction) => transaction.origin !== this && this.show(event.delta);
    text.observe(this.observer);
  }

  leave() {
    for (const [name, listener] of this.heard) this.field.removeEventListener(name, listener);
    this.text.unobserve(this.observer);
  }

  // What was typed, of what is shown.
  take() {
    const value = this.field.value.replace(UNWANTED, "");
    const { at, removed, added } = difference(this.shown, value, this.field.selectionEnd);
    if (!removed && !added) return;
    this.shown = value;
    this.text.doc.transact(() => {
      if (removed) this.text.delete(at, removed);
      if (added) this.text.insert(at, added);
    }, this);
  }

  show(delta) {
    const { field } = this;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
    this.shown = field.value = this.text.toString();
    if (document.activeElement !== field) return;
    field.setSelectionRange(moved(selectionStart, delta), moved(selectionEnd, delta), selectionDirection);
    field.scrollTop = scrollTop;
  }
}

// From one text to another: how much goes and what comes, at one place. Where letters repeat, the caret says which of
// them was typed: what follows it stayed. A letter of two units is never cut.
export function difference(before, after, caret = after.length) {
  let end = Math.min(after.length - caret, before.length);
  for (let i = 1; i <= end; i++) if (before.at(-i) !== after.at(-i)) end = i - 1;
  const most = Math.min(before.length, after.length) - end;
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  while (end < Math.min(before.length, after.length) - start && before.at(-end - 1) === after.at(-end - 1)) end++;
  if (start && isHigh(before.charCodeAt(start - 1))) start--;
  if (end && isLow(before.charCodeAt(before.length - end))) end--;
  return { at: start, removed: before.length - start - end, added: after.slice(start, after.length - end) };
}

// Where a place is after somebody else's change: what is put in right there stands behind it.
export function moved(place, delta) {
  let at = 0;
  for (const { retain = 0, insert = "", delete: gone = 0 } of delta) {
    at += retain;
    if (insert) {
      if (at < place) place += insert.length;
      at += insert.length;
    } else if (at < place) {
      place -= Math.min(gone, place - at);
    }
  }
  return place;
}
