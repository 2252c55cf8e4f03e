// Input methods: while somebody composes text, such as Chinese from Latin letters, Enter confirms the text and does not send the
// form, whatever field it is pressed in. The input method gets it all the same.
(function () {
  // What keys say that an input method has taken (UI Events, section 7.3.1). Safari reports nothing else for the Enter that ends
  // a composition.
  var TAKEN = 229;

  function keepFromSending(event) {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === TAKEN)) event.preventDefault();
  }

  document.addEventListener("keydown", keepFromSending, true);
})();
