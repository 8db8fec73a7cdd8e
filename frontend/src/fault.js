// Where the server says that a query cannot be read: the line is marked, and the place in it.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

const setFault = StateEffect.define();

export const fault = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setFault)) return effect.value;
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Marks a place, counted from 1 in characters as the server counts, and goes there. */
export function showFault(view, line, column) {
  const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const before = [...at.text].slice(0, column - 1).join("").length;
  const from = Math.min(at.from + before, at.to);
  const word = /^(?:[\w:.-]+|\S)/.exec(view.state.sliceDoc(from, at.to))?.[0] ?? "";
  const marks = [Decoration.line({ class: "fault-line" }).range(at.from)];
  if (word) marks.push(Decoration.mark({ class: "fault-place" }).range(from, from + word.length));
  view.dispatch({
    effects: [setFault.of(Decoration.set(marks)), EditorView.scrollIntoView(from)],
    selection: { anchor: from },
  });
  view.contentDOM.setAttribute("aria-invalid", "true");
}

export function clearFault(view) {
  view.dispatch({ effects: setFault.of(Decoration.none) });
  view.contentDOM.removeAttribute("aria-invalid");
}
