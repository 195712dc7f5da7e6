// The chain rule through dense layers: the kernel of the lesson, held to bioloom.backprop
// by tests. A layer is {activation, weights, bias}: weights[unit][input], bias[unit].

const SLOPE = 0.01; // of leaky ReLU below 0

function sigmoid(z) {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

// value and derivative of each activation, at z
export const ACTIVATIONS = {
  identity: [(z) => z, () => 1],
  sigmoid: [sigmoid, (z) => sigmoid(z) * sigmoid(-z)],
  tanh: [Math.tanh, (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z)],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  leaky_relu: [(z) => (z > 0 ? z : SLOPE * z), (z) => (z > 0 ? 1 : SLOPE)],
};

// z and a of every layer.
export function forward(layers, x) {
  const z = [];
  const a = [];
  let input = x;
  for (const layer of layers) {
    const [apply] = ACTIVATIONS[layer.activation];
    const sums = layer.weights.map((row, unit) =>
      row.reduce((sum, w, j) => sum + w * input[j], 0) + layer.bias[unit]);
    z.push(sums);
    a.push(sums.map(apply));
    input = a[a.length - 1];
  }
  return { z, a };
}

// J = 1/2 sum (y - t)^2
export function halfSquaredError(y, target) {
  return y.reduce((sum, value, k) => sum + 0.5 * (value - target[k]) ** 2, 0);
}

// Values, loss, delta = dJ/dz of each layer, and the gradients of weights and biases.
export function trace(layers, x, target) {
  const { z, a } = forward(layers, x);
  const y = a[a.length - 1];
  let upstream = y.map((value, k) => value - target[k]);
  const delta = [];
  for (let k = layers.length - 1; k >= 0; k -= 1) {
    const [, slope] = ACTIVATIONS[layers[k].activation];
    const here = upstream.map((u, unit) => u * slope(z[k][unit]));
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
