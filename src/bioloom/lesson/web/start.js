draw();
document.documentElement.classList.add("js");
