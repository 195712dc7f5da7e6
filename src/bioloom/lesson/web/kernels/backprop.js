// The chain rule through dense layers: the kernel of the lesson, held to bioloom.backprop
// by tests. A layer is {activation, weights, bias}: weights[unit][input], bias[unit].

const SLOPE = 0.01; // of leaky ReLU below 0

function sigmoid(z) {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

// value of each activation at z, and its derivative there; at a value that was rounded by
// hand, the derivative is taken from that value
export const ACTIVATIONS = {
  identity: [(z) => z, () => 1],
  sigmoid: [sigmoid, (z, a) => (a === sigmoid(z) ? sigmoid(z) * sigmoid(-z) : a * (1 - a))],
  tanh: [Math.tanh, (z, a) => (a === Math.tanh(z) ? 4 * sigmoid(2 * z) * sigmoid(-2 * z) : 1 - a ** 2)],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  leaky_relu: [(z) => (z > 0 ? z : SLOPE * z), (z) => (z > 0 ? 1 : SLOPE)],
};

// Rounded to decimals, a half to the even digit; null leaves it as it is.
export function rounded(value, decimals) {
  if (decimals === null) return value;
  const scaled = value * 10 ** decimals;
  const whole = Math.round(scaled);
  const isHalf = Math.abs(scaled - Math.trunc(scaled)) === 0.5;
  return (isHalf && whole % 2 !== 0 ? whole - 1 : whole) / 10 ** decimals;
}

// z and a of every layer, each rounded to decimals if so asked, as one does by hand.
export function forward(layers, x, decimals = null) {
  const z = [];
  const a = [];
  let input = x;
  for (const layer of layers) {
    const [apply] = ACTIVATIONS[layer.activation];
    const sums = layer.weights.map((row, unit) =>
      rounded(row.reduce((sum, w, j) => sum + w * input[j], 0) + layer.bias[unit], decimals));
    z.push(sums);
    a.push(sums.map((one) => rounded(apply(one), decimals)));
    input = a[a.length - 1];
  }
  return { z, a };
}

// J = 1/2 sum (y - t)^2
export function halfSquaredError(y, target) {
  return y.reduce((sum, value, k) => sum + 0.5 * (value - target[k]) ** 2, 0);
}

// Values, loss, delta = dJ/dz of each layer, and the gradients of weights and biases.
export function trace(layers, x, target, decimals = null) {
  const { z, a } = forward(layers, x, decimals);
  const y = a[a.length - 1];
  let upstream = y.map((value, k) => value - target[k]);
  const delta = [];
  for (let k = layers.length - 1; k >= 0; k -= 1) {
    const [, slope] = ACTIVATIONS[layers[k].activation];
    const here = upstream.map((u, unit) => u * slope(z[k][unit], a[k][unit]));
    delta[k] = here;
    upstream = layers[k].weights[0].map((_, j) =>
      layers[k].weights.reduce((sum, row, unit) => sum + row[j] * here[unit], 0));
  }
  const weights = delta.map((here, k) =>
    here.map((d) => (k === 0 ? x : a[k - 1]).map((value) => d * value)));
  return { z, a, delta, loss: halfSquaredError(y, target), weights, bias: delta };
}

// Layers after one step of gradient descent.
export function descended(layers, found, rate) {
  return layers.map((layer, k) => ({
    activation: layer.activation,
    weights: layer.weights.map((row, unit) =>
      row.map((w, j) => w - rate * found.weights[k][unit][j])),
    bias: layer.bias.map((b, unit) => b - rate * found.bias[k][unit]),
  }));
}
