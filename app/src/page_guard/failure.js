// Says that the page's code could not start or has broken, and offers to load the page anew. Written so that browsers too old
// for the code itself run it.
(function () {
  var SLOW_MS = 20000;
  var guard = (window.heartogetherGuard = window.heartogetherGuard || {});
  var isRunning = false;
  var isLeaving = false;

  function show(why) {
    var notice = document.getElementById("page-failure");
    var said = notice && notice.querySelector("[data-why=" + why + "]");
    // A page that is complete without code says nothing of slow code.
    if (!said) return;
    notice.querySelectorAll("[data-why]").forEach(function (text) {
      text.hidden = text !== said;
    });
    notice.setAttribute("data-failure", why);
    notice.hidden = false;
  }

  function fail(why) {
    if (isLeaving) return;
    clearTimeout(slow);
    if (document.readyState !== "loading") return show(why);
    document.addEventListener("DOMContentLoaded", function () {
      show(why);
    });
  }

  function kindOf(error) {
    if (typeof WebAssembly === "undefined") return "wasm";
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) return "wasm";
    if (error instanceof WebAssembly.RuntimeError) return "broken";
    return null;
  }

  function isForeign(error) {
    return /-extension:\/\//.test(String((error && error.stack) || ""));
  }

  window.addEventListener("error", function (event) {
    var kind = kindOf(event.error);
    var isOurs = event.filename && event.filename.indexOf(location.origin + "/") === 0;
    if (kind === "broken" || (!isRunning && isOurs)) fail(kind || "code");
  });
  window.addEventListener("unhandledrejection", function (event) {
    var kind = kindOf(event.reason);
    if (kind === "broken" || (!isRunning && !isForeign(event.reason))) fail(kind || "code");
  });
  // What is being loaded breaks off then.
  window.addEventListener("pagehide", function () {
    isLeaving = true;
  });
  window.addEventListener("pageshow", function () {
    isLeaving = false;
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("#page-failure button")) location.reload();
  });

  var slow = setTimeout(fail, SLOW_MS, "slow");
  // The code runs, whether it draws already or not.
  guard.begin = function () {
    isRunning = true;
    clearTimeout(slow);
    var notice = document.querySelector("#page-failure[data-failure=slow], #page-failure[data-failure=code]");
    if (notice) notice.hidden = true;
  };
  var run = guard.run;
  guard.run = function () {
    if (run) run();
    guard.begin();
  };
  guard.fail = function () {
    fail("broken");
  };
  document.documentElement.setAttribute("data-scripted", "");
  if (typeof WebAssembly === "undefined") fail("wasm");
})();
