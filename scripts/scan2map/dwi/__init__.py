"""Diffusion-weighted images, from the scanner's volumes to tensors in T1w and MNI."""
