import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scan2map.reorient import mirror, preserve_principal_direction, rotate
from scan2map.tensor import eigen, from_spectrum

VALUES = np.array([0.3e-3, 0.5e-3, 1.6e-3])


@pytest.fixture
def axes(rng):
    return np.linalg.qr(rng.normal(size=(3, 3)))[0]


def test_rotation_turns_the_principal_direction(axes):
    turn = Rotation.from_euler("xyz", [10, 20, 30], degrees=True).as_matrix()
    vectors = eigen(rotate(from_spectrum(VALUES, axes), turn))[1]
    assert abs(vectors[:, 2] @ turn @ axes[:, 2]) == pytest.approx(1)


def test_a_rotation_as_jacobian_only_rotates(axes):
    turn = Rotation.from_euler("xyz", [10, 20, 30], degrees=True).as_matrix()
    tensor = from_spectrum(VALUES, axes)
    np.testing.assert_allclose(
        preserve_principal_direction(tensor, turn), rotate(tensor, turn), atol=1e-15
    )


def test_affines_keep_eigenvalues_and_carry_fibres_along(axes, rng):
    jacobian = np.eye(3) + rng.uniform(-0.3, 0.3, (3, 3))
    tensor = from_spectrum(VALUES, axes)
    values, vectors = eigen(preserve_principal_direction(tensor, jacobian))
    np.testing.assert_allclose(values, VALUES)
    fibre = jacobian @ axes[:, 2]
    normal = np.cross(fibre, jacobian @ axes[:, 1])
    assert abs(vectors[:, 2] @ fibre) == pytest.approx(np.linalg.norm(fibre))
    assert abs(vectors[:, 0] @ normal) == pytest.approx(np.linalg.norm(normal))


def test_each_voxel_has_its_own_jacobian(axes, rng):
    jacobians = np.eye(3) + rng.uniform(-0.3, 0.3, (4, 3, 3))
    tensor = np.tile(from_spectrum(VALUES, axes), (4, 1))
    together = preserve_principal_direction(tensor, jacobians)
    alone = [preserve_principal_direction(tensor[0], one) for one in jacobians]
    np.testing.assert_allclose(together, alone, atol=1e-15)


def test_mirroring_flips_voxels_and_fibres():
    fibre = np.array([1, 2, 3]) / np.sqrt(14)
    image = np.zeros((4, 1, 1, 6))
    image[0, 0, 0] = np.outer(fibre, fibre)[np.triu_indices(3)]
    flipped = mirror(image)
    expected = np.outer(fibre * [-1, 1, 1], fibre * [-1, 1, 1])[np.triu_indices(3)]
    np.testing.assert_allclose(flipped[3, 0, 0], expected)
    assert not flipped[:3].any()


def test_mirroring_twice_changes_nothing(rng):
    image = rng.normal(size=(4, 3, 2, 6)).astype(np.float32)
    np.testing.assert_array_equal(mirror(mirror(image)), image)
    assert mirror(image).dtype == np.float32
