/** Copies, also where a page without TLS may not use the clipboard. */
export async function copy(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const helper = document.createElement("textarea");
  helper.value = value;
  document.body.append(helper);
  helper.select();
  document.execCommand("copy");
  helper.remove();
}
