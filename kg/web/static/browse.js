// Ticking a box narrows the list down at once, and on a narrow screen the facets are folded at first.
const form = document.getElementById("facets");

form.addEventListener("change", (event) => {
  if (event.target.type === "checkbox") form.requestSubmit();
});
form.addEventListener("submit", () => {
  for (const field of form.querySelectorAll("input[name=q]")) field.disabled = field.value.trim() === "";
});
addEventListener("pageshow", () => {
  // after going back, the boxes say what the address says
  form.reset();
  for (const field of form.querySelectorAll("input[name=q]")) field.disabled = false;
});

const facets = form.querySelector("details.all-facets");
if (matchMedia("(max-width: 56rem)").matches && facets) facets.open = false;
