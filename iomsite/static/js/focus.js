// Picks the focal point of a photograph by clicking on it. The two fields beside it do the same.
(() => {
  const fields = ["x", "y"].map((axis) => document.getElementById(`id_focus_${axis}`));
  const frame = document.querySelector(".field-preview .focus");
  if (!frame || fields.includes(null)) return;
  const mark = frame.querySelector("circle");
  const { width, height } = mark.ownerSVGElement.viewBox.baseVal;

  const draw = () => {
    const [x, y] = fields.map((field) => Math.min(1, Math.max(0, Number(field.value) || 0)));
    mark.setAttribute("cx", x * width);
    mark.setAttribute("cy", y * height);
  };
  frame.classList.add("focus--picked");
  frame.parentElement.querySelector(".focus__hint").hidden = false;
  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    fields.forEach((field, axis) => {
      field.value = at[axis].toFixed(2);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  fields.forEach((field) => field.addEventListener("input", draw));
})();
