// The query editor: CodeMirror over the textarea of the SPARQL page.
export { EditorView } from "@codemirror/view";
