// The query editor: CodeMirror over the textarea of the SPARQL page, which stays the form's own field.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching, indentService, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";
import { StyleModule } from "style-mod";
import { tokens } from "../../kg/web/static/sparql/tokens.js";
import { completions } from "./complete.js";
import { clearFault, fault, showFault } from "./fault.js";
import { declaring } from "./prefixes.js";

/**
 * Puts an editor in the place of a textarea. ``options``: ``label`` and ``help`` (ids of elements that name and explain
 * it), ``run`` and ``format`` (what keys call), ``prefixes``, ``schema`` and ``things`` (what completion offers).
 */
export function edit(textarea, { label, help, run, format, prefixes, schema, things }) {
  adoptStyles();
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          { key: "Shift-Alt-f", run: () => (format(), true) },
          { key: "Mod-/", run: toggleComment },
        ]),
        lineNumbers(), highlightSpecialChars(), history(), drawSelection(), highlightActiveLine(),
        bracketMatching(), closeBrackets(), indentUnit.of("  "), indentation,
        SparqlLanguage, syntaxHighlighting(classHighlighter),
        SparqlLanguage.data.of({ commentTokens: { line: "#" } }),
        autocompletion({ override: [completions({ prefixes, schema, things })], icons: false }),
        declaring(prefixes), fault,
        // Tab is not bound: it leaves the editor, as it leaves every field
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({
          "aria-labelledby": label, "aria-describedby": help, tabindex: "0", spellcheck: "false", autocapitalize: "off",
        }),
        EditorView.domEventHandlers({ beforeinput: replaceSelection }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) textarea.value = view.state.doc.toString();
        }),
      ],
    }),
  });
  textarea.before(view.dom);
  textarea.hidden = true;
  textarea.required = false; // a hidden field cannot say what it misses
  return {
    get text() { return view.state.doc.toString(); },
    set text(text) {
      if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
    showFault: (line, column) => showFault(view, line, column),
    clearFault: () => clearFault(view),
  };
}

/**
 * Types over a selection itself: browsers give what they put there the style of what was there, by an attribute, which
 * the policy of the site forbids.
 */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || event.isComposing) return false;
  const make = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, make))) view.dispatch(make());
  event.preventDefault();
  return true;
}

/** A new line is indented by two for each brace that is open. */
const indentation = indentService.of((context, position) => {
  const before = context.state.sliceDoc(0, position);
  let depth = 0;
  for (const { text } of tokens(before)) depth += text === "{" ? 1 : text === "}" ? -1 : 0;
  if (/^\s*\}/.test(context.textAfterPos(position))) depth -= 1;
  return Math.max(0, depth) * 2;
});

/**
 * Lets CodeMirror's styles be adopted. Into a document it writes a <style> element, which the policy of the site
 * forbids; into any other root it adopts a sheet. So a root that is none makes the set of sheets that the document takes.
 */
function adoptStyles() {
  const root = {
    ownerDocument: document,
    get adoptedStyleSheets() { return document.adoptedStyleSheets; },
    set adoptedStyleSheets(sheets) { document.adoptedStyleSheets = sheets; },
  };
  StyleModule.mount(root, []);
  for (const key of Object.getOwnPropertySymbols(root)) document[key] = root[key];
}
