// Draws the page, and all later ones, in the theme that the visitor chooses.
(function () {
  var KEPT_FOR_S = 400 * 24 * 60 * 60;

  function choose(theme) {
    var html = document.documentElement;
    var isSystems = theme === "system";
    if (isSystems) html.removeAttribute("data-theme");
    else html.setAttribute("data-theme", theme);
    document.querySelectorAll("meta[name=theme-color]").forEach(function (bar) {
      var like = isSystems ? bar : document.querySelector("meta[name=theme-color][media*=" + theme + "]");
      bar.setAttribute("content", like.getAttribute("data-surface"));
    });
    // A browser that keeps no cookies shows the choice until the next page.
    var path = (html.getAttribute("data-base") || "") + "/";
    document.cookie = "heartogether.theme=" + theme + "; Path=" + path + "; Max-Age=" + (isSystems ? 0 : KEPT_FOR_S) + "; SameSite=Lax";
  }

  document.addEventListener("change", function (event) {
    if (event.target.id === "theme") choose(event.target.value);
  });
})();
